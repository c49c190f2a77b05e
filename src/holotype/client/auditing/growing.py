"""Which root has a tree that grows by blocks? Whole blocks are hashed level by level, which is twice as quick."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from holotype.domain import proofs
from holotype.domain.merkle import EMPTY_ROOT


class Growing:
    """A tree of RFC 6962, kept as the complete subtrees at its edge."""

    def __init__(self) -> None:
        """Begin with no leaf."""
        self.size = 0
        self._edge: list[tuple[int, bytes]] = []

    def add(self, leaves: Sequence[bytes]) -> None:
        """Add leaves, which are given by their hashes."""
        place = 0
        while place < len(leaves):
            room = self.size & -self.size or 1 << 62
            width = min(room, 1 << ((len(leaves) - place).bit_length() - 1))
            self._push(width, _subtree(leaves[place : place + width]))
            place += width

    def root(self, more: Sequence[bytes] = ()) -> bytes:
        """Return the root over the leaves, and over some more that are not added."""
        hashes = [one for _, one in self._edge]
        if more:
            probe = Growing()
            probe.size, probe._edge = self.size, list(self._edge)
            probe.add(more)
            return probe.root()
        return proofs.joined(hashes) if hashes else EMPTY_ROOT

    def _push(self, width: int, top: bytes) -> None:
        self.size += width
        while self._edge and self._edge[-1][0] == width:
            top = hashlib.sha256(b"\x01" + self._edge.pop()[1] + top).digest()
            width *= 2
        self._edge.append((width, top))


def _subtree(leaves: Sequence[bytes]) -> bytes:
    """Return the root over a power of two of leaves."""
    level, sha = list(leaves), hashlib.sha256
    while len(level) > 1:
        level = [sha(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level), 2)]
    return level[0]
