r"""How are many entries bound to one hash? By the Merkle tree of RFC 6962, kept as its right edge.

    size 7 = 4 + 2 + 1             root
                                  /    \
                              [0,4)    ·          the edge is the list of complete subtrees, from the largest down:
                              /  \    / \           [0,4)  [4,6)  [6,7)
                             ·    · [4,6) [6,7)    one a set bit of the size, so appending never looks further back

Pure functions of the standard library; they know no database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree of ``size`` leaves: the hashes of the complete subtrees at its right edge, the largest first."""

    size: int = 0
    edge: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Grown:
    """A tree after one more leaf; ``nodes`` hash the subtrees that the leaf completed, the lowest first."""

    tree: Tree
    nodes: tuple[bytes, ...] = field(default=())


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node above two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def append(tree: Tree, leaf: bytes) -> Grown:
    """Return the tree with one more leaf, which is given by its hash."""
    edge, top, below = list(tree.edge), leaf, tree.size
    nodes: list[bytes] = []
    while below & 1:  # a subtree of the same height waits at the edge
        top = node_hash(edge.pop(), top)
        nodes.append(top)
        below >>= 1
    return Grown(Tree(tree.size + 1, (*edge, top)), tuple(nodes))


def root(tree: Tree) -> bytes:
    """Return the root hash of a tree."""
    if not tree.edge:
        return EMPTY_ROOT
    top = tree.edge[-1]
    for left in reversed(tree.edge[:-1]):
        top = node_hash(left, top)
    return top


def grow(tree: Tree, leaves: Iterable[bytes]) -> Tree:
    """Return the tree with more leaves, which are given by their hashes."""
    for leaf in leaves:
        tree = append(tree, leaf).tree
    return tree


def pack(hashes: Sequence[bytes]) -> bytes:
    """Return hashes as one string of bytes."""
    return b"".join(hashes)


def unpack(packed: bytes) -> tuple[bytes, ...]:
    """Return the hashes of a packed string; raise ``ValueError`` where it does not hold whole hashes."""
    if len(packed) % HASH_SIZE:
        raise ValueError(f"{len(packed)} bytes are not a number of whole hashes.")
    return tuple(packed[start : start + HASH_SIZE] for start in range(0, len(packed), HASH_SIZE))
