"""How does something leave as a file that is made while it is sent? Piece by piece, for whoever is signed in."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from litestar.connection import ASGIConnection
from litestar.types import Receive, Scope, Send

from holotype.gateways.answers import Answer
from holotype.gateways.lasting import Check, Standing, sent


def saved(content: bytes, name: str, media_type: str) -> Answer:
    """Return bytes that a browser saves under a name, and never shows."""
    headers = [
        (b"content-type", media_type.encode("latin-1")),
        _attached(name),
        (b"cache-control", b"private, no-cache"),
    ]
    return Answer(200, content, headers)


def _attached(name: str) -> tuple[bytes, bytes]:
    return b"content-disposition", f"attachment; filename*=UTF-8''{quote(name, safe='')}".encode("ascii")


class Download(Answer):
    """A body that is saved, not shown; its first piece is made at once, so that what goes wrong there is told."""

    __slots__ = ("_check", "_first", "_pieces")

    def __init__(self, pieces: Iterator[bytes], name: str, media_type: str, check: Check) -> None:
        """Take what makes the pieces, each in a thread, the file's name, and what raises for who may not go on."""
        super().__init__(200, b"", [(b"content-type", media_type.encode("latin-1")), _attached(name)])
        self._pieces, self._check = pieces, check
        self._first = next(pieces, b"")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Send the pieces; to HEAD none. What goes wrong on the way breaks the connection: no file looks whole."""
        standing: Standing = Standing(ASGIConnection(scope), self._check)
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        if scope.get("method") != "HEAD":
            await send({"type": "http.response.body", "body": self._first, "more_body": True})
            async for piece in sent(self._pieces, standing):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
