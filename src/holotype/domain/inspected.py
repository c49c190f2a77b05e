"""What does the server's inspection of a version say in few words? Formats with counts, flavours, parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_MOST = 8
_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Contents:
    """How many files are of each format, which flavours MLflow loads them as, and how many parameters they hold."""

    formats: tuple[tuple[str, int], ...] = ()
    flavours: tuple[str, ...] = ()
    parameters: int = 0


def contents(said: Any) -> Contents:
    """Return what an inspection says; nothing of what it does not say as the server writes it."""
    if not isinstance(said, Mapping):
        return Contents()
    files, formats, parameters = said.get("files"), said.get("formats"), said.get("parameters")
    told = formats.items() if isinstance(formats, Mapping) else ()
    ranked = [(str(name), _count(one)) for name, one in told if name != _UNKNOWN]
    return Contents(
        formats=tuple(sorted(ranked, key=lambda one: (-one[1], one[0]))[:_MOST]),
        flavours=_flavours(files if isinstance(files, list) else []),
        parameters=parameters if isinstance(parameters, int) else 0,
    )


def _count(one: Any) -> int:
    count = one.get("files") if isinstance(one, Mapping) else None
    return count if isinstance(count, int) else 0


def _flavours(files: list[Any]) -> tuple[str, ...]:
    named = [one.get("flavours") for one in files if isinstance(one, Mapping)]
    found = [str(name) for names in named if isinstance(names, list) for name in names]
    return tuple(dict.fromkeys(found))[:_MOST]
