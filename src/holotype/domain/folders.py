"""What does one see who looks into one folder of many paths? Names alone, as in a listing of files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from holotype.domain.manifest import File


@dataclass(frozen=True, slots=True)
class Listed:
    """A name in a folder: a file with its size, or a folder, which has none."""

    name: str
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What lies right in a folder of a version: a file, or a folder, which has none."""

    name: str
    path: str
    file: File | None = None

    @property
    def cursor(self) -> str:
        """After which a page goes on: a folder is passed over with everything in it."""
        return self.name if self.file else f"{self.name}/"


def level(found: Iterable[tuple[str, int]], folder: str) -> list[Listed]:
    """Return what lies right in a folder, by name; ``found`` are paths and sizes, some of them below it."""
    start = f"{folder}/" if folder else ""
    listed: dict[str, Listed] = {}
    for path, size in found:
        if path.startswith(start):
            name, inside, _ = path[len(start) :].partition("/")
            listed[name] = Listed(name, None if inside else size)
    return [listed[name] for name in sorted(listed)]
