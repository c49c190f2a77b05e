"""How does a part arrive of a file of which nobody has said what it is?

1. The caller may upload into this namespace, and the upload is there, for that target.
2. The part has the size of the others, unless it is the last one. The first to come decides on that size.
3. A part that was acknowledged is received and forgotten: what was hashed is never written again.
4. The bytes are written, durably, then acknowledged. A failure between the two leaves a part that does not count.

The answer is the part's mark: the same bytes have the same, other bytes most likely another.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterable, AsyncIterator
from typing import TypeAlias

from holotype.artifacts import parted, streams, uploads
from holotype.artifacts.parted import Parted
from holotype.catalogue import namespaces
from holotype.errors import NotFound, SizeMismatch
from holotype.operations import arriving
from holotype.operations.call import Call
from holotype.operations.threads import aside

Upload: TypeAlias = tuple[str, str]
"""An upload's id and its target."""


async def send_part(
    call: Call, namespace: str, upload: Upload, number: int, length: int, chunks: AsyncIterable[bytes]
) -> str:
    """Store part ``number`` (from 0) of an upload and return its mark; the same again changes nothing."""
    found = await aside(find, call, namespace, *upload)  # 1
    if not 0 <= number < found.count:
        raise NotFound(f"The upload has {found.count} parts; there is no part {number + 1}.")
    if number < found.count - 1:  # 2
        found = await aside(_sized, call, namespace, found, length)
    body = _Marked(streams.counted(chunks, length))
    if number in found.parts or found.done:  # 3
        await streams.drain(body)
        return body.mark
    tail = length if number == found.count - 1 else None
    async with call.registry.store.receiving(found.head, number, tail=tail) as part:
        if await aside(_has, call, found, number):
            await streams.drain(body)
            return body.mark
        await part.write(body)  # 4
        await aside(_acknowledge, call, found, number, (length, body.mark))
    return body.mark


def find(call: Call, namespace: str, upload_id: str, target: str) -> Parted:
    """Return an upload for a target, or raise ``NotFound``."""
    arriving.admit(call, namespace)
    with call.read() as tx:
        found = parted.get(tx, namespaces.get(tx, namespace).id, upload_id, now=call.now)
    if found.target != target:
        raise uploads.gone(upload_id)
    return found


class _Marked:
    """Chunks that are counted and summed up as they are passed on."""

    def __init__(self, chunks: AsyncIterable[bytes]) -> None:
        self._chunks = chunks
        self._sum = self._size = 0

    @property
    def mark(self) -> str:
        return f"{self._sum:08x}-{self._size}"

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._chunks:
            self._sum = zlib.crc32(chunk, self._sum)
            self._size += len(chunk)
            yield chunk


def _sized(call: Call, namespace: str, found: Parted, length: int) -> Parted:
    if found.part_size == 0 and length:
        with call.write() as tx:
            parted.decide(tx, found.id, length)
        found = find(call, namespace, found.id, found.target)
    if length != found.part_size or not length:
        raise SizeMismatch(
            f"All parts but the last have {found.part_size or 'more than 0'} bytes, not {length}.",
            hint="Send parts of one size.",
        )
    return found


def _has(call: Call, upload: Parted, number: int) -> bool:
    with call.read() as tx:
        return uploads.has_part(tx, upload.id, number)


def _acknowledge(call: Call, upload: Parted, number: int, arrived: tuple[int, str]) -> None:
    with call.write() as tx:
        uploads.add_part(tx, upload.id, number, *arrived)
