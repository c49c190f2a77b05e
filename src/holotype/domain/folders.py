"""What does one see who looks into one folder of many paths? Names alone, as in a listing of files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listed:
    """A name in a folder: a file with its size, or a folder, which has none."""

    name: str
    size: int | None = None


def level(found: Iterable[tuple[str, int]], folder: str) -> list[Listed]:
    """Return what lies right in a folder, by name; ``found`` are paths and sizes, some of them below it."""
    start = f"{folder}/" if folder else ""
    listed: dict[str, Listed] = {}
    for path, size in found:
        if path.startswith(start):
            name, inside, _ = path[len(start) :].partition("/")
            listed[name] = Listed(name, None if inside else size)
    return [listed[name] for name in sorted(listed)]
