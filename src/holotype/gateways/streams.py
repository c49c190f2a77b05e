"""How does an answer leave that is made while it is sent? Piece by piece, each made in a thread when the last is gone.

Nothing is sent before the first piece is there, so what goes wrong before is a proper problem. What goes wrong later
breaks the connection, also when the rights end of whoever is sent it: an answer never ends early and looks whole.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any

from litestar import Response
from litestar.connection import ASGIConnection

from holotype.gateways.lasting import Check, Standing, sent
from holotype.operations.threads import aside


class Streaming:
    """Pieces of a body, as an ASGI application."""

    def __init__(self, pieces: Iterator[bytes], media_type: str, check: Check) -> None:
        """Take what makes the pieces, each in a thread, and what raises for who may not have them any more."""
        self._pieces, self._media_type, self._check = pieces, media_type, check
        self._first: bytes | None = None

    async def open(self) -> None:
        """Make the first piece, or raise what kept it from being made."""
        self._first = await aside(next, self._pieces, None)

    async def __call__(self, scope: MutableMapping[str, Any], _receive: Any, send: Any) -> None:
        """Answer; to HEAD without a body."""
        standing = Standing(ASGIConnection(scope), self._check)  # type: ignore[arg-type]
        headers = [(b"content-type", self._media_type.encode("latin-1"))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if scope["method"] != "HEAD" and self._first is not None:
            await send({"type": "http.response.body", "body": self._first, "more_body": True})
            async for piece in sent(self._pieces, standing):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


class StreamResponse(Response[None]):
    """A response that sends pieces."""

    def __init__(self, streaming: Streaming) -> None:
        super().__init__(None)
        self._streaming = streaming

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        """Return the ASGI application that answers."""
        return self._streaming
