"""How does a part of a large file arrive?

1. The caller may upload into this namespace, and the upload is there.
2. The part has exactly its size; more or fewer bytes are refused.
3. A part that was acknowledged is received and forgotten: what was verified is never written again.
4. The bytes are written, then acknowledged. A failure between the two leaves a part that does not count.
"""

from __future__ import annotations

from collections.abc import AsyncIterable

from holotype.artifacts import streams, uploads
from holotype.catalogue import namespaces
from holotype.domain.entities import Upload
from holotype.errors import NotFound, SizeMismatch
from holotype.operations import arriving
from holotype.operations.call import Call
from holotype.operations.threads import aside


async def put_part(
    call: Call, namespace: str, upload_id: str, number: int, length: int, chunks: AsyncIterable[bytes]
) -> None:
    """Store part ``number`` (from 0) of an upload; the same again changes nothing."""
    upload, there = await aside(_find, call, namespace, upload_id, number)  # 1
    size = uploads.size_of(upload, number)
    if size is None:
        raise NotFound(f"The upload has the parts 0 to {uploads.count(upload) - 1}, not {number}.")
    if length != size:  # 2
        raise SizeMismatch(f"Part {number} has {size} bytes, not {length}.", hint="Send parts of the upload's size.")
    body = streams.counted(chunks, size)
    if there:  # 3
        await streams.drain(body)
        return
    async with call.registry.store.receiving(upload, number) as part:
        if await aside(_has, call, upload, number):
            await streams.drain(body)
            return
        await part.write(body)  # 4
        await aside(_acknowledge, call, upload, number, size)


def _find(call: Call, namespace: str, upload_id: str, number: int) -> tuple[Upload, bool]:
    arriving.admit(call, namespace)
    with call.read() as tx:
        holder = namespaces.get(tx, namespace).id
        return uploads.get_for_part(tx, holder, upload_id, number, now=call.now)


def _has(call: Call, upload: Upload, number: int) -> bool:
    with call.read() as tx:
        return uploads.has_part(tx, upload.id, number)


def _acknowledge(call: Call, upload: Upload, number: int, size: int) -> None:
    with call.write() as tx:
        uploads.add_part(tx, upload.id, number, size)
