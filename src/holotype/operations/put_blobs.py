"""How do thousands of small files arrive? Many in one request, in frames, group by group.

    frame = SHA-256 (32 bytes) · length (4 bytes, big-endian) · content

Each group is announced, stored and written down together. An error leaves the groups before it stored.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterable, AsyncIterator

from holotype.artifacts import streams
from holotype.errors import DigestMismatch, SizeMismatch, TooLarge
from holotype.operations import arriving
from holotype.operations.call import Call

BODY_LIMIT, FILE_LIMIT = 16 * 2**20, 2**20
_HEAD, _DIGEST = 36, 32
_GROUP_FILES, _GROUP_BYTES = 256, 2 * 2**20


async def put_blobs(call: Call, namespace: str, length: int, chunks: AsyncIterable[bytes]) -> dict[str, int]:
    """Store many files of up to 1 MiB from a body of ``length`` bytes, and return digests and sizes."""
    arriving.admit(call, namespace)
    if length > BODY_LIMIT:
        raise TooLarge(f"At most {BODY_LIMIT:,} bytes in one request.", hint="Send the files in several requests.")
    stored: dict[str, int] = {}
    group: dict[str, bytes] = {}
    weight = 0
    async for digest, content in _frames(streams.counted(chunks, length)):
        group[digest] = content
        weight += len(content)
        if len(group) >= _GROUP_FILES or weight >= _GROUP_BYTES:
            stored |= await _store(call, namespace, group)
            group, weight = {}, 0
    return stored | await _store(call, namespace, group)


async def _store(call: Call, namespace: str, group: dict[str, bytes]) -> dict[str, int]:
    wanted = {digest: len(content) for digest, content in group.items()}
    if group:
        async with arriving.arriving(call, namespace, wanted) as begun:
            puts = (call.registry.store.put_small(upload, group[upload.digest]) for upload in begun)
            results = await asyncio.gather(*puts, return_exceptions=True)
            for failure in results:
                if failure is not None:
                    raise failure
    return wanted


async def _frames(chunks: AsyncIterable[bytes]) -> AsyncIterator[tuple[str, bytes]]:
    """Cut a stream into verified files."""
    rest = bytearray()
    async for chunk in chunks:
        rest += chunk
        position = 0
        while (end := _end(rest, position)) is not None:
            yield _verified(rest[position : position + _DIGEST], bytes(rest[position + _HEAD : end]))
            position = end
        del rest[:position]
    if rest:
        raise SizeMismatch("The last frame is cut off.", hint="Send it again.")


def _end(rest: bytearray, position: int) -> int | None:
    """Return where the frame at a position ends, or nothing while it is not whole."""
    if len(rest) < position + _HEAD:
        return None
    size = int.from_bytes(rest[position + _DIGEST : position + _HEAD], "big")
    if size > FILE_LIMIT:
        raise TooLarge(f"A frame has at most {FILE_LIMIT:,} bytes.", hint="Send larger files on their own.")
    end = position + _HEAD + size
    return end if end <= len(rest) else None


def _verified(announced: bytearray, content: bytes) -> tuple[str, bytes]:
    digest = hashlib.sha256(content).digest()
    if digest != announced:
        raise DigestMismatch(f"A file is sha256:{digest.hex()}, not sha256:{announced.hex()}.", hint="Push again.")
    return f"sha256:{digest.hex()}", content
