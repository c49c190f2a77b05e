"""How do bytes cross the protocol? Never held: chunks go to whoever stores them, files go out as the kernel reads them.

What is promised in the headers (size, digest, range) is known and checked before the first byte is sent. Where the
store breaks that promise later, the connection is broken too: an answer never ends early and looks whole.
"""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from litestar import Request, Response

from holotype.artifacts.store import BlobStore
from holotype.domain import digest as digests
from holotype.errors import Corrupt, HolotypeError, Invalid, SizeMismatch
from holotype.gateways import bodies
from holotype.gateways.lasting import Check, Standing
from holotype.operations.threads import aside

MEDIA_TYPE = "application/octet-stream"
_SKIP_SECONDS, _SKIP_BYTES = 10.0, 64 * 2**20
_PATHSEND = "http.response.pathsend"
_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")


def length_of(request: Request[Any, Any, Any]) -> int:
    """Return how many bytes the body is said to have, or raise ``Invalid``."""
    value = request.headers.get("content-length", "")
    if not (value.isascii() and value.isdigit() and len(value) <= 18):
        raise Invalid("The request does not say how long its body is.", hint="Send a Content-Length.")
    return int(value)


class Body:
    """The body of a request as it arrives, for as long as its sender may send it.

    The next chunk is received when this one was taken.
    """

    def __init__(self, request: Request[Any, Any, Any], check: Check) -> None:
        self.ended = False
        self._receive = request.receive
        self._standing: Standing | None = Standing(request, check)

    def __aiter__(self) -> Body:
        return self

    async def __anext__(self) -> bytes:
        while not self.ended:
            message: Any = await self._next()
            self.ended = not message.get("more_body")
            if message["type"] != "http.request":
                raise SizeMismatch("The connection was closed before the body had ended.")
            if self._standing is not None:
                await self._standing.ask()
            if chunk := message.get("body"):
                return bytes(chunk)
        raise StopAsyncIteration

    async def _next(self) -> Any:
        try:
            return await bodies.heard(self._receive())
        except SizeMismatch:
            self.ended = True  # there is nothing to skip: whoever was sending has gone without a word
            raise

    async def skip(self) -> None:
        """Receive and forget the rest, within reason, whoever sends it."""
        self._standing, skipped = None, 0
        with suppress(SizeMismatch, TimeoutError):
            async with asyncio.timeout(_SKIP_SECONDS):
                async for chunk in self:
                    skipped += len(chunk)
                    if skipped > _SKIP_BYTES:
                        return


@asynccontextmanager
async def body_of(request: Request[Any, Any, Any], check: Check) -> AsyncIterator[Body]:
    """Give the body of a request, and receive the rest of it when it is refused.

    Only then does a client that is still sending come to read why. ``check`` raises when its sender may not any more.
    """
    body = Body(request, check)
    try:
        yield body
    except HolotypeError:
        await body.skip()
        raise


def within(header: str, size: int) -> tuple[int, int] | None:
    """Return start and stop of the range that a header asks for; nothing where it asks for the whole.

    Several ranges, or what cannot be read, ask for the whole (RFC 9110). A range outside the file is empty.
    """
    found = _RANGE.fullmatch(header.replace(" ", ""))
    if found is None:
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        return max(size - int(suffix), 0), size
    start, stop = int(first), min(int(last) + 1, size) if last else size
    if last and int(last) < start:
        return None
    return (start, stop) if start < size else (size, size)


def digest_headers(digest: str) -> dict[str, str]:
    """Return what tells a client which bytes it gets: the ETag and the digest fields of RFC 9530 and RFC 3230."""
    encoded = b64encode(bytes.fromhex(digests.hexpart(digest))).decode()
    return {"ETag": f'"{digest}"', "Repr-Digest": f"sha-256=:{encoded}:", "Digest": f"sha-256={encoded}"}


@dataclass(slots=True)
class Sending:
    """Bytes ``start`` to ``stop`` of a blob, as an ASGI application."""

    store: BlobStore
    digest: str
    size: int
    start: int
    stop: int
    status: int
    headers: dict[str, str]
    path: Path | None = None
    chunks: AsyncIterator[bytes] | None = field(default=None)

    async def open(self) -> None:
        """Make sure that the store has what the headers promise, or raise ``Corrupt``."""
        self.path = self.store.path(self.digest)
        if self.path is None or (self.start, self.stop) != (0, self.size):
            self.chunks = await self.store.open(self.digest, self.size, self.start, self.stop)
            return
        held = await aside(self.store.size, self.digest)
        if held != self.size:
            raise Corrupt(f"The blob {self.digest} has {held or 'no'} bytes in the store, not {self.size}.")

    async def __call__(self, scope: MutableMapping[str, Any], _receive: Any, send: Any) -> None:
        """Answer: by the path of the file where the server can, else chunk by chunk."""
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in self.headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body", "body": b""})
        elif self.chunks is None and _PATHSEND in (scope.get("extensions") or {}):
            await send({"type": _PATHSEND, "path": str(self.path)})
        else:
            chunks = self.chunks or await self.store.open(self.digest, self.size, self.start, self.stop)
            async for chunk in chunks:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})


class BlobResponse(Response[None]):
    """A response that sends a blob."""

    def __init__(self, sending: Sending) -> None:
        super().__init__(None)
        self._sending = sending

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        """Return the ASGI application that answers."""
        return self._sending
