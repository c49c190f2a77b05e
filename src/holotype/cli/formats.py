"""How do people read sizes, moments, digests and numbers?"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime

from holotype.cli.output import Cell, terminal
from holotype.domain.readable import age, number, plural, scalar, size

__all__ = ["age", "digest", "moment", "number", "pairs", "plural", "scalar", "size", "time", "when", "width"]

_SHORT = len("sha256:") + 12


def moment(value: datetime) -> str:
    """Return a moment in UTC to the second: ``2026-05-01 09:30:00Z``, with a ``T`` for programs."""
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ" if terminal() else "%Y-%m-%dT%H:%M:%SZ")


def when(value: datetime | None) -> str:
    """Return the exact moment, and for people how long ago it was."""
    if value is None:
        return ""
    return f"{moment(value)} ({age(value)})" if terminal() else moment(value)


def time(value: datetime | None) -> Cell:
    """Return a moment for a table: exact and with its age; on a narrow terminal the age alone."""
    return Cell("") if value is None else Cell(when(value), short=age(value))


def digest(value: str) -> str:
    """Return a digest: shortened for people, whole for programs."""
    return value[:_SHORT] if terminal() else value


def pairs(values: Mapping[str, str]) -> str:
    """Return tags as ``key=value`` words."""
    return " ".join(f"{key}={value}" if value else key for key, value in sorted(values.items()))


def width(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
