"""What does a route give to the framework? A whole answer that sends itself, or a stream of the framework's.

The framework's own response classes copy headers, cookies and encoders for every request, which takes longer than to
find out which version is in production.
"""

from __future__ import annotations

from typing import Any, Self

from litestar import Litestar, Request, Response
from litestar.connection import ASGIConnection
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, AsyncAnyCallable, Receive, Scope, Send


class Answer:
    """A status, headers and a body that is in memory: an ASGI application of its own."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        """Hold what to send; the length is added."""
        self.status = status
        self.body = body
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Send the answer; to HEAD without its body."""
        if self.status >= 200 and self.status not in {204, 304}:
            self.headers.append((b"content-length", str(len(self.body)).encode("ascii")))
        head = scope.get("method") == "HEAD"
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"" if head else self.body, "more_body": False})


async def _unreached() -> None:
    raise NotImplementedError("What comes before this function has the answer.")


class Handler(HTTPRouteHandler):
    """The framework's route handler, without what it copies and looks up for every request."""

    def __call__(self, fn: AsyncAnyCallable) -> Self:
        """Have a function answer as what comes before a route's function, which gets the request and nothing else."""
        self.before_request = fn
        super().__call__(_unreached)
        return self

    async def authorize_connection(self, connection: ASGIConnection[Any, Any, Any, Any]) -> None:
        """Run the guards on this handler itself, instead of on a copy."""
        for guard in self.resolve_guards():
            await guard(connection, self)  # type: ignore[misc]

    async def to_response(self, app: Litestar, data: Any, request: Request[Any, Any, Any]) -> ASGIApp:
        """Give an answer as it is; leave a stream to the framework."""
        if isinstance(data, Response):
            return await super().to_response(app, data, request)
        answer: ASGIApp = data
        return answer
