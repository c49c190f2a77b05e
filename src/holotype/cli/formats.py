"""How do people read sizes, moments, digests and numbers?"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime

from holotype.cli.output import Cell, terminal

_UNITS = ("KiB", "MiB", "GiB", "TiB", "PiB")
_AGES = ((365 * 86_400, "y"), (30 * 86_400, "mo"), (86_400, "d"), (3_600, "h"), (60, "min"))
_SHORT = len("sha256:") + 12


def size(count: int) -> str:
    """Return bytes as people read them: ``512 B``, ``1.5 KiB``, ``20.0 MiB``."""
    if abs(count) < 1024:
        return f"{count} B"
    value = float(count)
    for unit in _UNITS:
        value /= 1024
        if abs(value) < 1023.95 or unit == _UNITS[-1]:
            break
    return f"{value:.1f} {unit}"


def moment(value: datetime) -> str:
    """Return a moment in UTC to the second: ``2026-05-01 09:30:00Z``, with a ``T`` for programs."""
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ" if terminal() else "%Y-%m-%dT%H:%M:%SZ")


def age(value: datetime, now: datetime | None = None) -> str:
    """Return how long ago a moment was: ``3 h ago``; or how long until it comes: ``in 3 h``."""
    seconds = ((now or datetime.now(UTC)) - value).total_seconds()
    for span, unit in _AGES:
        if abs(seconds) >= span:
            count = f"{int(abs(seconds) // span)} {unit}"
            return f"{count} ago" if seconds > 0 else f"in {count}"
    return "just now" if seconds >= 0 else "in a moment"


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


def number(value: float) -> str:
    """Return a number with at most six significant digits, integers in full."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else f"{value:.6g}"


def scalar(value: object) -> str:
    """Return a parameter's value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def pairs(values: Mapping[str, str]) -> str:
    """Return tags as ``key=value`` words."""
    return " ".join(f"{key}={value}" if value else key for key, value in sorted(values.items()))


def plural(count: int, noun: str) -> str:
    """Return a count with its noun: ``1 file``, ``1,200 files``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def width(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
