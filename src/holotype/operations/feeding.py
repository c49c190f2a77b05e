"""How do bytes come from an import source, which blocks, to the store, which awaits?

What blocks runs in threads that nobody waits for when the server stops: a source that does not answer must not keep it
from that. A few chunks are read ahead, so that the source and the disk work at the same time.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from typing import ParamSpec, Self, TypeVar

from holotype.egress.sources.walking import Listed, Opened, Reader
from holotype.errors import Unavailable

P = ParamSpec("P")
T = TypeVar("T")
_AHEAD = 8


async def detached(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function that may block for long, in a thread of its own, and return its result."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        try:
            result = function(*args, **kwargs)
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            _settle(loop, done, error)
        else:
            _settle(loop, done, result)

    threading.Thread(target=run, name="import", daemon=True).start()
    return await done


class Feed:
    """A file on its way from a source, from a byte on. Leaving the block ends it."""

    def __init__(self, reader: Reader, file: Listed, start: int) -> None:
        """Prepare to read ``file`` from byte ``start``; the block begins it."""
        self._reader, self._file, self._start = reader, file, start
        self._queue: asyncio.Queue[bytes | Opened | BaseException | None] = asyncio.Queue(_AHEAD)
        self._rest = b""
        self._left = False
        self.mark = ""

    async def __aenter__(self) -> Self:
        """Begin, and pass what the source sends from before the byte that was asked for."""
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, name="import", daemon=True).start()
        opened = await self._queue.get()
        if isinstance(opened, BaseException):
            raise opened
        if not isinstance(opened, Opened):
            raise Unavailable("The import source sent nothing.")
        self.mark = opened.mark
        async for _ in self.exactly(self._start - opened.start):
            pass
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let the thread end at its next chunk."""
        self._left = True

    async def exactly(self, length: int) -> AsyncIterator[bytes]:
        """Give so many bytes; ``Unavailable`` where the file ends before."""
        while length > 0:
            chunk = self._rest or await self._next()
            if not chunk:
                raise Unavailable(f"The import source sent fewer bytes of {self._file.path[:120]!r} than it listed.")
            part, self._rest = chunk[:length], chunk[length:]
            length -= len(part)
            yield part

    async def all(self) -> AsyncIterator[bytes]:
        """Give what there is."""
        while chunk := self._rest or await self._next():
            self._rest = b""
            yield chunk

    async def end(self) -> None:
        """Raise ``Unavailable`` where there is more."""
        if self._rest or await self._next():
            raise Unavailable(f"The import source sent more bytes of {self._file.path[:120]!r} than it listed.")

    async def _next(self) -> bytes:
        found = await self._queue.get()
        if isinstance(found, BaseException):
            raise found
        return found if isinstance(found, bytes) else b""

    def _read(self) -> None:
        try:
            with self._reader.open(self._file, self._start) as opened:
                self._put(opened)
                for chunk in opened.chunks:
                    if chunk:
                        self._put(chunk)
            self._put(None)
        except _Left:
            return
        except BaseException as error:  # noqa: BLE001 - it is raised where the bytes are waited for
            self._put_error(error)

    def _put(self, what: bytes | Opened | BaseException | None) -> None:
        self._check()
        waiting = asyncio.run_coroutine_threadsafe(self._queue.put(what), self._loop)
        while True:
            try:
                waiting.result(1.0)
            except TimeoutError:
                self._check()
            else:
                return

    def _check(self) -> None:
        if self._left or self._loop.is_closed():
            raise _Left

    def _put_error(self, error: BaseException) -> None:
        try:
            self._put(error)
        except (_Left, RuntimeError):
            return


class _Left(Exception):
    """Nobody waits for these bytes any more."""


def _settle(loop: asyncio.AbstractEventLoop, done: asyncio.Future[T], what: T | BaseException) -> None:
    def tell() -> None:
        if done.done():
            return
        if isinstance(what, BaseException):
            done.set_exception(what)
        else:
            done.set_result(what)

    if not loop.is_closed():
        try:
            loop.call_soon_threadsafe(tell)
        except RuntimeError:
            return
