"""What does RFC 6962 say of Merkle trees? Section 2.1, word for word; slow, and it shares no line with ours."""

from __future__ import annotations

import hashlib

Leaves = list[bytes]


def _hash(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _k(n: int) -> int:
    """Return the largest power of two smaller than n: k < n <= 2k."""
    k = 1
    while not k < n <= 2 * k:
        k *= 2
    return k


def mth(d: Leaves) -> bytes:
    """2.1: the Merkle Tree Hash of a list of entries."""
    if not d:
        return _hash(b"")
    if len(d) == 1:
        return _hash(b"\x00" + d[0])
    k = _k(len(d))
    return _hash(b"\x01" + mth(d[:k]) + mth(d[k:]))


def path(m: int, d: Leaves) -> Leaves:
    """2.1.1: the Merkle audit path for the (m+1)th input."""
    if len(d) == 1:
        return []
    k = _k(len(d))
    return [*path(m, d[:k]), mth(d[k:])] if m < k else [*path(m - k, d[k:]), mth(d[:k])]


def proof(m: int, d: Leaves) -> Leaves:
    """2.1.2: the Merkle consistency proof for the first m of the inputs."""
    return subproof(m, d, complete=True)


def subproof(m: int, d: Leaves, *, complete: bool) -> Leaves:
    """2.1.2: SUBPROOF(m, D[n], b)."""
    if m == len(d):
        return [] if complete else [mth(d)]
    k = _k(len(d))
    if m <= k:
        return [*subproof(m, d[:k], complete=complete), mth(d[k:])]
    return [*subproof(m - k, d[k:], complete=False), mth(d[:k])]
