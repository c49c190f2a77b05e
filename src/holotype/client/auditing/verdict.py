"""What does a verification say? What holds, and a sentence for each thing that does not."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST = 20
"""So many faults are told one by one."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong.

    ``kind`` is altered, removed, inserted, moved, truncated, unsigned (no good signature) or forked (two histories).
    ``sequence`` is the entry that it is about, ``line`` the line of the file, where there is one.
    """

    kind: str
    sentence: str
    sequence: int | None = None
    line: int | None = None


@dataclass(slots=True)
class Verdict:
    """What was found in an export; it holds when nothing is wrong."""

    origin: str = ""
    size: int = 0
    entries: int = 0
    root: str = ""
    last_time: str = ""
    partial: bool = False
    checkpoints: int = 0
    keys: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    more: int = 0

    @property
    def holds(self) -> bool:
        """Whether the export is what the registry signed."""
        return not self.faults

    def fault(self, kind: str, sentence: str, *, sequence: int | None = None, line: int | None = None) -> None:
        """Note what is wrong; of very many faults only the first are kept."""
        if len(self.faults) < MOST:
            self.faults.append(Fault(kind, sentence, sequence, line))
        else:
            self.more += 1
