"""Which hashes prove that an entry is in the ledger, or that the ledger only grew? O(log n) rows, read by key.

The hash of a complete subtree lies in the row of its last entry (``holotype.ledger.tables``), so the hashes of a proof
are looked up, not computed; only the right edge of the tree is put together from several. What is returned leads to
the root that the row of the last entry holds, or the rows were changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from holotype.db import Tx
from holotype.db.types import bound_list, in_list
from holotype.domain import merkle, proofs
from holotype.domain.proofs import Range
from holotype.errors import Corrupt
from holotype.ledger.entry import bytes_of
from holotype.ledger.tables import ledger_entries

_ENTRIES = ledger_entries.c
_SIZE = sa.select(sa.func.max(_ENTRIES.sequence))
_ROWS = sa.select(_ENTRIES.sequence, _ENTRIES.leaf, _ENTRIES.nodes, _ENTRIES.root).where(
    in_list(_ENTRIES.sequence, "sequences")
)
_ENTRIES_OF = sa.select(ledger_entries).where(in_list(_ENTRIES.sequence, "sequences"))


@dataclass(frozen=True, slots=True)
class Inclusion:
    """That an entry is in the tree of a size: its leaf, the hashes beside its way to the root, and the root."""

    sequence: int
    size: int
    leaf: bytes
    hashes: tuple[bytes, ...]
    root: bytes


@dataclass(frozen=True, slots=True)
class Consistency:
    """That the tree of one size is the beginning of that of another: both roots and the hashes between them."""

    first: int
    second: int
    first_root: bytes
    second_root: bytes
    hashes: tuple[bytes, ...]


def size(tx: Tx) -> int:
    """Return how many entries there are."""
    return tx.execute(_SIZE).scalar_one_or_none() or 0


def root(tx: Tx, at: int) -> bytes:
    """Return the root of the tree of a size."""
    return _rows(tx, [at])[at].root if at else merkle.EMPTY_ROOT


def inclusion(tx: Tx, sequence: int, at: int) -> Inclusion:
    """Prove that an entry is in the tree of a size. ``1 <= sequence <= at <= size``."""
    ranges = proofs.inclusion(sequence - 1, at)
    rows = _rows(tx, [sequence, at, *_lasts(ranges)])
    made = Inclusion(sequence, at, rows[sequence].leaf, _hashes(rows, ranges), rows[at].root)
    _check(proofs.root_of_inclusion(sequence - 1, at, made.leaf, made.hashes) == made.root, sequence)
    return made


def inclusions(tx: Tx, sequences: Sequence[int], at: int) -> list[Inclusion | str]:
    """Prove several entries to be in the tree of a size in two statements, or say of each what is wrong with it.

    Unlike that of one entry, the leaf of each is hashed anew from what the entry says.
    """
    ways = {sequence: proofs.inclusion(sequence - 1, at) for sequence in sequences}
    rows = _rows(tx, [at, *(last for ranges in ways.values() for last in _lasts(ranges)), *sequences])
    entries = {row.sequence: bytes_of(row) for row in tx.execute(_ENTRIES_OF, {"sequences": bound_list(sequences)})}
    return [_included(rows, ways[one], one, at, entries[one]) for one in sequences]


def _included(rows: dict[int, Any], ranges: Sequence[Range], sequence: int, at: int, entry: bytes) -> Inclusion | str:
    made = Inclusion(sequence, at, merkle.leaf_hash(entry), _hashes(rows, ranges), bytes(rows[at].root))
    if made.leaf != rows[sequence].leaf:
        return f"Entry {sequence} was changed after it was written: it has another hash now."
    if proofs.root_of_inclusion(sequence - 1, at, made.leaf, made.hashes) != made.root:
        return f"The tree over the ledger does not hold entry {sequence}."
    return made


def consistency(tx: Tx, first: int, second: int) -> Consistency:
    """Prove that the ledger of a size is the beginning of that of another. ``1 <= first <= second <= size``."""
    ranges = proofs.consistency(first, second)
    rows = _rows(tx, [first, second, *_lasts(ranges)])
    made = Consistency(first, second, rows[first].root, rows[second].root, _hashes(rows, ranges))
    _check(proofs.is_consistent(first, second, made.first_root, made.second_root, made.hashes), first)
    return made


def _lasts(ranges: Sequence[Range]) -> list[int]:
    """Return the sequences of the entries in whose rows the hashes of ranges lie."""
    return [stop for wanted in ranges for _, stop in proofs.complete(wanted)]


def _hashes(rows: dict[int, Any], ranges: Sequence[Range]) -> tuple[bytes, ...]:
    return tuple(
        proofs.joined([_of(rows[stop], stop - start) for start, stop in proofs.complete(one)]) for one in ranges
    )


def _of(row: Any, leaves: int) -> bytes:
    """Return the hash of the complete subtree of so many leaves that ends with an entry."""
    if leaves == 1:
        return bytes(row.leaf)
    place = (leaves.bit_length() - 2) * merkle.HASH_SIZE
    return bytes(row.nodes[place : place + merkle.HASH_SIZE])


def _rows(tx: Tx, sequences: Sequence[int]) -> dict[int, Any]:
    wanted = set(sequences)
    found = {row.sequence: row for row in tx.execute(_ROWS, {"sequences": bound_list(sorted(wanted))})}
    missing = sorted(wanted - found.keys())
    if missing:
        raise Corrupt(f"The ledger has no entry {missing[0]}.", hint="Run `holotype admin doctor`.")
    return found


def _check(held: bool, sequence: int) -> None:
    if not held:
        raise Corrupt(f"The tree over the ledger does not hold entry {sequence}.", hint="Run `holotype admin doctor`.")
