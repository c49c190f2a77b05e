"""Where does fresh content come from? From the kernel: random, so that nothing between here and the disk shrinks it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

MIB, GIB = 2**20, 2**30
_BLOCK = 4 * MIB


def stream(size: int) -> Iterator[bytes]:
    """Yield so many bytes that nobody has seen before."""
    for done in range(0, size, _BLOCK):
        yield os.urandom(min(_BLOCK, size - done))


def write(file: Path, size: int) -> str:
    """Write a file of fresh bytes, have it on the disk, and return its digest."""
    hasher = hashlib.sha256()
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb", buffering=0) as out:
        for piece in stream(size):
            hasher.update(piece)
            out.write(piece)
        os.fsync(out.fileno())
    return f"sha256:{hasher.hexdigest()}"


def write_many(folder: Path, count: int, size: int) -> None:
    """Write many small files of fresh bytes, a hundred in a folder."""
    for number, piece in zip(range(count), _pieces(count, size), strict=False):
        file = folder / f"shard-{number // 100:03}" / f"part-{number:05}.bin"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(piece)


def _pieces(count: int, size: int) -> Iterator[bytes]:
    rest = b""
    for piece in stream(count * size):
        rest += piece
        while len(rest) >= size:
            yield rest[:size]
            rest = rest[size:]
