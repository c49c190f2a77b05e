"""How do bytes flow from a connection to threads that write, in constant memory?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from typing import Any

from holotype.errors import SizeMismatch

GROUP = 2**20
"""How many bytes go to a thread at once: large enough that the hop costs nothing, small enough to hold many."""


async def counted(chunks: AsyncIterable[bytes], size: int) -> AsyncIterator[bytes]:
    """Pass chunks on and raise ``SizeMismatch`` unless they are ``size`` bytes together."""
    got = 0
    async for chunk in chunks:
        got += len(chunk)
        if got > size:
            raise SizeMismatch(f"More than the announced {size} bytes were sent.")
        if chunk:
            yield chunk
    if got != size:
        raise SizeMismatch(f"The body ended after {got} of {size} bytes.", hint="Send it again.")


async def pour(chunks: AsyncIterable[bytes], write: Callable[[list[bytes]], None], pool: Executor) -> list[bytes]:
    """Write groups of chunks in a thread while the next group is received; return the chunks that are left over."""
    job: Future[None] | None = None
    held: list[bytes] = []
    weight = 0
    try:
        async for chunk in chunks:
            held.append(chunk)
            weight += len(chunk)
            if weight >= GROUP:
                if job is not None:
                    await asyncio.wrap_future(job)
                job = pool.submit(write, held)
                held, weight = [], 0
        if job is not None:
            await asyncio.wrap_future(job)
    finally:
        await settled(job)
    return held


async def beginning(chunks: AsyncIterator[bytes], limit: int) -> tuple[bytes, bool]:
    """Take chunks until there are more than ``limit`` bytes of them, and say whether that is all."""
    taken = bytearray()
    async for chunk in chunks:
        taken += chunk
        if len(taken) > limit:
            return bytes(taken), False
    return bytes(taken), True


async def resumed(begun: bytes, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Pass on what was taken already, and then the rest."""
    if begun:
        yield begun
    async for chunk in chunks:
        yield chunk


async def drain(chunks: AsyncIterable[bytes]) -> None:
    """Receive and forget."""
    async for _ in chunks:
        pass


async def settled(job: Future[Any] | None) -> None:
    """Wait until a thread has let go of what it works on, also when this task is cancelled meanwhile."""
    while job is not None and not job.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait({asyncio.wrap_future(job)})
