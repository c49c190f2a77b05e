"""Which entries of a block are not those that its list names? Each is named: altered, removed, inserted or moved."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from holotype.client.auditing.reading import Block, Entry, seen
from holotype.client.auditing.verdict import Verdict

MOST = 10_000
"""So many differences are kept to be matched with each other across blocks."""


@dataclass(slots=True)
class Differences:
    """What the blocks lack, by sequence, and the lines that no list names, with the sequence that stands before."""

    missing: dict[int, bytes] = field(default_factory=dict)
    extra: list[tuple[Entry, int]] = field(default_factory=list)
    moved: list[tuple[int, int, int]] = field(default_factory=list)
    known: dict[bytes, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.missing or self.extra or self.moved)

    def compare(self, block: Block, first: int) -> None:
        """Compare the entries of a block with its list; its first entry should have the sequence ``first``."""
        wanted = Counter(block.stated)
        places: list[tuple[int, int]] = []
        sequence_of = {leaf: first + place for place, leaf in enumerate(block.stated)}
        before = first - 1
        for place, leaf in enumerate(block.leaves):
            if wanted[leaf]:
                wanted[leaf] -= 1
                before = sequence_of[leaf]
                places.append((before, place))
            elif len(self.extra) < MOST:
                self.extra.append((block.entry(place), before))
                if leaf in sequence_of:
                    self.known[leaf] = sequence_of[leaf]
        for leaf, left in wanted.items():
            if left and len(self.missing) < MOST:
                self.missing[sequence_of[leaf]] = leaf
        self._order(block, places)

    def _order(self, block: Block, places: Sequence[tuple[int, int]]) -> None:
        """Note which entries are out of order: all but the longest run that is in order."""
        kept = _rising([sequence for sequence, _ in places])
        before = 0
        for index, (sequence, place) in enumerate(places):
            if index not in kept and len(self.moved) < MOST:
                self.moved.append((sequence, before, block.lines[place]))
            before = sequence

    def tell(self, verdict: Verdict) -> None:
        """Name each difference."""
        self._match_moved()
        self._tell_altered(verdict)
        for sequence in sorted(self.missing):
            verdict.fault("removed", f"Entry {sequence} was removed.", sequence=sequence)
        for entry, before in self.extra:
            twin = self.known.get(entry.leaf)
            what = "an entry that is not the registry's" if twin is None else f"entry {twin} once more"
            verdict.fault("inserted", f"Line {entry.line} was inserted behind entry {before}: {what}.", line=entry.line)
        for sequence, before, line in sorted(self.moved):
            where = f"behind entry {before}" if before else "before all others"
            verdict.fault("moved", f"Entry {sequence} was moved: it stands {where}.", sequence=sequence, line=line)

    def _match_moved(self) -> None:
        """Find entries that were moved from one block to another."""
        sequence_of = {leaf: sequence for sequence, leaf in self.missing.items()}
        left = []
        for entry, before in self.extra:
            sequence = sequence_of.pop(entry.leaf, None)
            if sequence is None:
                left.append((entry, before))
            else:
                del self.missing[sequence]
                self.moved.append((sequence, before, entry.line))
        self.extra = left

    def _tell_altered(self, verdict: Verdict) -> None:
        """Take together what is missing and what stands in its place."""
        left = []
        for entry, before in self.extra:
            said = seen(entry.text)
            at = said.sequence if said is not None and said.sequence in self.missing else before + 1
            if at in self.missing:
                del self.missing[at]
                verdict.fault("altered", f"Entry {at} was altered.", sequence=at, line=entry.line)
            else:
                left.append((entry, before))
        self.extra = left


@dataclass(slots=True)
class Walk:
    """What the entries say of their own order, for where no list can be believed."""

    last: int = 0
    time: str = ""
    found: list[tuple[str, str, int, int]] = field(default_factory=list)

    def take(self, block: Block) -> None:
        """Walk over the entries of a block."""
        for place, text in enumerate(block.texts):
            said = seen(text)
            line = block.lines[place]
            if said is None:
                self._note("altered", f"Line {line} cannot be read as an entry.", self.last + 1, line)
                self.last += 1
                continue
            if said.sequence > self.last + 1:
                many = said.sequence - self.last > 2
                gap = f"Entries {self.last + 1} to {said.sequence - 1} were" if many else f"Entry {self.last + 1} was"
                self._note("removed", f"{gap} removed.", self.last + 1, line)
            elif said.sequence <= self.last:
                self._note(
                    "moved",
                    f"Line {line} holds entry {said.sequence} behind entry {self.last}: moved or inserted.",
                    said.sequence,
                    line,
                )
            if said.time < self.time:
                self._note("altered", f"Entry {said.sequence} is older than the one before.", said.sequence, line)
            self.last, self.time = max(self.last, said.sequence), max(self.time, said.time)

    def _note(self, kind: str, sentence: str, sequence: int, line: int) -> None:
        if len(self.found) < MOST:
            self.found.append((kind, sentence, sequence, line))

    def tell(self, verdict: Verdict) -> None:
        """Name what is out of order."""
        for kind, sentence, sequence, line in self.found:
            verdict.fault(kind, sentence, sequence=sequence, line=line)


def _rising(numbers: Sequence[int]) -> set[int]:
    """Return the places of a longest rising subsequence."""
    tails: list[int] = []
    at: list[int] = []
    before: list[int] = [-1] * len(numbers)
    for place, number in enumerate(numbers):
        spot = bisect_left(tails, number)
        if spot == len(tails):
            tails.append(number)
            at.append(place)
        else:
            tails[spot], at[spot] = number, place
        before[place] = at[spot - 1] if spot else -1
    kept, place = set(), at[-1] if at else -1
    while place >= 0:
        kept.add(place)
        place = before[place]
    return kept
