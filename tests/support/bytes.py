"""How do tests make bytes, and bytes on their way in?"""

from __future__ import annotations

import random
import uuid
from collections.abc import AsyncIterator

from holotype.artifacts.store import BlobStore
from holotype.domain import digest, times
from holotype.domain.entities import Upload


def noise(size: int, seed: int = 0) -> bytes:
    """Return bytes that are the same for the same size and seed."""
    return random.Random(f"{size}/{seed}").randbytes(size)


async def chunks(content: bytes, step: int = 300_000) -> AsyncIterator[bytes]:
    """Give bytes as a connection does, some at a time."""
    for begin in range(0, len(content), step):
        yield content[begin : begin + step]


def upload_of(content: bytes, part_size: int = 0, *, name: str | None = None) -> Upload:
    """Announce these bytes, or others under the digest ``name``."""
    now = times.now()
    return Upload(str(uuid.uuid4()), 1, name or digest.of(content), len(content), part_size, now, now)


async def send(store: BlobStore, upload: Upload, content: bytes, number: int) -> None:
    """Send one part of these bytes."""
    begin = number * upload.part_size
    async with store.receiving(upload, number) as part:
        await part.write(chunks(content[begin : begin + upload.part_size]))


async def read(store: BlobStore, name: str, size: int, start: int = 0, stop: int | None = None) -> bytes:
    """Read a blob, or a range of it."""
    stream = await store.open(name, size, start, size if stop is None else stop)
    return b"".join([chunk async for chunk in stream])


def listed(store: BlobStore) -> dict[str, int]:
    """Return digests and sizes of all blobs that the store lists."""
    return {blob.digest: blob.size for batch in store.blobs() for blob in batch}


def under_way(store: BlobStore) -> set[str]:
    """Return the ids under which there are bytes on their way in."""
    return {upload_id for batch in store.uploads() for upload_id in batch}
