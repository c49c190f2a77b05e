"""How is it proved that an entry is in the ledger, or that one ledger goes on from another? By RFC 6962, section 2.1.

    inclusion      leaf + the hashes beside its way up                    → the root of the tree
    consistency    root of the smaller tree + hashes of both trees' parts → the root of the greater tree

A proof is a list of hashes, each over a range of leaves: ``[start, stop)``, counted from 0. This module says which
ranges (whoever holds the tree looks them up) and checks proofs that others give. Pure functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from holotype.domain.merkle import node_hash

Range = tuple[int, int]


def inclusion(index: int, size: int) -> list[Range]:
    """Return the ranges whose hashes prove that a leaf is in a tree: PATH of the RFC."""
    if not 0 <= index < size:
        raise ValueError(f"A tree of {size} leaves has no leaf {index}.")
    start, stop, path = 0, size, []
    while stop - start > 1:
        middle = start + half(stop - start)
        if index < middle:
            path.append((middle, stop))
            stop = middle
        else:
            path.append((start, middle))
            start = middle
    return path[::-1]


def consistency(first: int, second: int) -> list[Range]:
    """Return the ranges whose hashes prove that a tree is the beginning of another: PROOF of the RFC."""
    if not 0 < first <= second:
        raise ValueError(f"A tree of {first} leaves is not the beginning of one of {second}.")
    start, stop, whole, path = 0, second, True, []
    while first != stop:
        middle = start + half(stop - start)
        if first <= middle:
            path.append((middle, stop))
            stop = middle
        else:
            path.append((start, middle))
            start, whole = middle, False
    return ([] if whole else [(start, stop)]) + path[::-1]


def complete(wanted: Range) -> Iterator[Range]:
    """Split a range of a proof into complete subtrees, from the left: their hashes together give its own."""
    start, stop = wanted
    while start < stop:
        size = 1 << ((stop - start).bit_length() - 1)
        yield start, start + size
        start += size


def joined(hashes: Sequence[bytes]) -> bytes:
    """Return the hash of a range from those of its complete subtrees, which come from the left."""
    top = hashes[-1]
    for left in reversed(hashes[:-1]):
        top = node_hash(left, top)
    return top


def root_of_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes:
    """Return the root that an inclusion proof leads to; raise ``ValueError`` where it has not its one right length."""
    sides = [stop <= index for _, stop in inclusion(index, size)]
    if len(sides) != len(path):
        raise ValueError(f"A proof for leaf {index} of {size} has {len(sides)} hashes, not {len(path)}.")
    top = leaf
    for beside, on_the_left in zip(path, sides, strict=True):
        top = node_hash(beside, top) if on_the_left else node_hash(top, beside)
    return top


def is_consistent(first: int, second: int, old: bytes, new: bytes, path: Sequence[bytes]) -> bool:
    """Say whether a proof shows that the tree with root ``old`` is the beginning of the one with root ``new``."""
    ranges = consistency(first, second)
    if len(ranges) != len(path):
        return False
    known = list(zip(ranges, path, strict=True))
    if first == second:
        return old == new
    if ranges[0][1] > first:  # the smaller tree is a subtree of the greater one
        known.insert(0, ((0, first), old))
    (_, top), rest = known[0], known[1:]
    before = after = top
    for (_, stop), beside in rest:
        if stop <= first:
            before, after = node_hash(beside, before), node_hash(beside, after)
        else:
            after = node_hash(after, beside)
    return before == old and after == new


def half(size: int) -> int:
    """Return the greatest power of two below a size of two or more."""
    return 1 << ((size - 1).bit_length() - 1)
