"""How does something leave as a file that is made while it is sent? Piece by piece, for whoever is signed in."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from litestar.types import Receive, Scope, Send

from holotype.gateways.answers import Answer
from holotype.operations.threads import aside


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

    __slots__ = ("_first", "_pieces")

    def __init__(self, pieces: Iterator[bytes], name: str, media_type: str) -> None:
        """Take what makes the pieces, each in a thread, and the name that the file gets."""
        super().__init__(200, b"", [(b"content-type", media_type.encode("latin-1")), _attached(name)])
        self._pieces = pieces
        self._first = next(pieces, b"")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Send the pieces; to HEAD none. What goes wrong on the way breaks the connection: no file looks whole."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        piece: bytes | None = None if scope.get("method") == "HEAD" else self._first
        while piece is not None:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            piece = await aside(next, self._pieces, None)
        await send({"type": "http.response.body", "body": b"", "more_body": False})
