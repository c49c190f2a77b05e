"""How do blobs come from one store into another, of either kind? Each verified as it arrives, some at a time.

A blob that the other store has already, in its size, is not copied: what has a blob's name is whole and was verified.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from holotype.artifacts.store import BlobStore
from holotype.domain import times
from holotype.domain.entities import Upload
from holotype.errors import Corrupt, DigestMismatch

_AT_ONCE = 8


@dataclass(slots=True)
class Copied:
    """How far a copy is: blobs and bytes that are there now, what of it was new, and what the source did not have."""

    blobs: int = 0
    bytes: int = 0
    new_blobs: int = 0
    new_bytes: int = 0
    gone: set[str] = field(default_factory=set)


Progress = Callable[[Copied], None]


def copy_blobs(
    source: BlobStore, target: BlobStore, blobs: Iterable[tuple[str, int]], progress: Progress = lambda _: None
) -> Copied:
    """Copy blobs, given with their sizes; ``Corrupt`` for the first one whose bytes are not those of its digest."""
    copied = Copied()
    asyncio.run(_copy_all(source, target, iter(blobs), copied, progress))
    return copied


async def _copy_all(
    source: BlobStore, target: BlobStore, blobs: Iterator[tuple[str, int]], copied: Copied, progress: Progress
) -> None:
    async def work() -> None:
        for digest, size in blobs:  # every task takes the next one
            await _copy(source, target, digest, size, copied)
            progress(copied)

    await asyncio.gather(*(work() for _ in range(_AT_ONCE)))


async def _copy(source: BlobStore, target: BlobStore, digest: str, size: int, copied: Copied) -> None:
    if await asyncio.to_thread(target.size, digest) != size:
        try:
            await target.put(_upload(digest, size), await source.open(digest, size, 0, size))
        except (Corrupt, DigestMismatch) as error:
            if await asyncio.to_thread(source.size, digest) is not None:
                raise _damaged(digest, source) from error
            copied.gone.add(digest)
            return
        copied.new_blobs += 1
        copied.new_bytes += size
    copied.blobs += 1
    copied.bytes += size


def _damaged(digest: str, source: BlobStore) -> Corrupt:
    return Corrupt(
        f"The bytes of {digest} in {source.place} are not those that they should be.",
        hint="Bring that file back from an earlier copy.",
    )


def _upload(digest: str, size: int) -> Upload:
    now = times.now()
    return Upload(str(uuid.uuid4()), 0, digest, size, 0, now, now)
