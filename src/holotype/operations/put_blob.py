"""How does a small file arrive? Whole, in one request.

1. The caller may upload into this namespace.
2. The bytes are announced, so that the sweep leaves them alone.
3. They are stored under a name of their own, counted and hashed on the way, flushed, and renamed.
4. Only then is it written down that the namespace holds them.
"""

from __future__ import annotations

from collections.abc import AsyncIterable

from holotype.artifacts import streams
from holotype.errors import TooLarge
from holotype.operations import arriving
from holotype.operations.call import Call

LIMIT = 64 * 2**20


async def put_blob(call: Call, namespace: str, digest: str, size: int, chunks: AsyncIterable[bytes]) -> None:
    """Store one file of ``size`` bytes; the same again changes nothing."""
    arriving.admit(call, namespace)  # 1
    arriving.check(digest, size)
    if size > LIMIT:
        raise TooLarge(f"At most {LIMIT:,} bytes in one request.", hint="Send larger files as an upload, in parts.")
    async with arriving.arriving(call, namespace, {digest: size}) as (upload,):  # 2, 4
        await call.registry.store.put(upload, streams.counted(chunks, size))  # 3
