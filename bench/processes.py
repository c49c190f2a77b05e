"""How much memory does a program hold, in all of its processes? What the kernel says in /proc; no package needed.

    resident       RSS: every page that is mapped and in memory, counted in each process that maps it
    proportional   PSS: the same, a page that several processes share being split among them
    peak           VmHWM: the most that was ever resident

The page cache belongs to nobody and is in none of them.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

_GONE = (FileNotFoundError, ProcessLookupError)


@dataclass(frozen=True, slots=True)
class Memory:
    """The memory of all processes of a program, in bytes."""

    processes: int
    resident: int
    proportional: int
    peak: int


def family(pid: int) -> list[int]:
    """Return a process and everything that descends from it."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(*_GONE):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def memory(pid: int) -> Memory:
    """Return what a process and its descendants hold now."""
    found = []
    for one in family(pid):
        with suppress(*_GONE):
            rollup = _kilobytes(Path(f"/proc/{one}/smaps_rollup"))
            found.append((rollup["Rss"], rollup["Pss"], _kilobytes(Path(f"/proc/{one}/status"))["VmHWM"]))
    totals = [sum(column) * 1024 for column in zip(*found, strict=True)] or [0, 0, 0]
    return Memory(len(found), *totals)


def peak(pid: int) -> int:
    """Return the sum of each process's own peak: never less than what they held together."""
    total = 0
    for one in family(pid):
        with suppress(*_GONE, KeyError):
            total += _kilobytes(Path(f"/proc/{one}/status"))["VmHWM"]
    return total * 1024


def resident(pid: int) -> int:
    """Return what a process and its descendants have in memory, quickly."""
    total = 0
    for one in family(pid):
        with suppress(*_GONE, KeyError):
            total += _kilobytes(Path(f"/proc/{one}/status"))["VmRSS"]
    return total * 1024


class Watch:
    """Looks at a program's resident memory every tenth of a second while the block runs; ``most`` is the most seen."""

    def __init__(self, pid: int, pause: float = 0.1) -> None:
        """Look at this process and its descendants."""
        self.pid, self.pause, self.most = pid, pause, 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        """Begin to look."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Look a last time."""
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while True:
            self.most = max(self.most, resident(self.pid))
            if self._over.wait(self.pause):
                self.most = max(self.most, resident(self.pid))
                return


def _kilobytes(file: Path) -> dict[str, int]:
    pairs = (line.split() for line in file.read_text().splitlines() if line.endswith(" kB"))
    return {words[0].rstrip(":"): int(words[1]) for words in pairs}
