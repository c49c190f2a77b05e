"""What happens to every request, whatever it asks for?

It gets an id, is counted, leaves one line in the log, and its answer carries the headers that keep browsers from
guessing. This is one function around the framework, because each layer of middleware would cost every request.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import secrets
import time
from collections.abc import Callable, Sequence
from typing import Any

from holotype.errors import HolotypeError, NotFound
from holotype.gateways import dialects, exchange
from holotype.gateways.asgi import App, Message, Receive, Scope, Send
from holotype.gateways.browsers import check_origin
from holotype.gateways.dialects import Dialect
from holotype.gateways.exchange import Exchange
from holotype.operations.call import Registry

Finish = Callable[[Exchange, str, str, int, float], None]

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"server", b"holotype"),
)
"""What every answer carries. Those below are set where the answer does not say otherwise."""
_DEFAULTS = {
    b"referrer-policy": b"no-referrer",
    b"cache-control": b"no-store",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
}
_SANE_ID = re.compile(rb"[A-Za-z0-9._:/+=-]{1,100}")


class Front:
    """The outermost application: an ASGI application around the framework's."""

    def __init__(self, app: App, registry: Registry, finish: Finish, tongues: Sequence[Dialect]) -> None:
        """Wrap an application; ``finish`` is told of every answer: exchange, method, path, status, seconds.

        ``tongues`` are the dialects in which errors are told, besides that of problems.
        """
        self.app = app
        self.registry = registry
        self._finish = finish
        self._tongues = tuple(tongues)
        self._open = registry.settings.open
        self._prefix = secrets.token_hex(4)
        self._count = itertools.count(1)
        self.in_flight = 0
        self.stopping = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        known = Exchange(self.registry, self._request_id(scope["headers"]), stopping=self.stopping)
        scope[exchange.KEY] = known
        status = 0
        self.in_flight += 1

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _complete(message["headers"], known.request_id)
            await send(message)

        try:
            if self._open:
                check_origin(scope["headers"])
            if "\0" in scope["path"]:  # no name holds one, and PostgreSQL does not even look for such a name
                raise NotFound("There is nothing at this address.", hint="See /schema for what this server answers.")
            await self.app(scope, receive, answer)
        except HolotypeError as error:
            await self._tell(error, known, scope, answer)
        finally:
            self.in_flight -= 1
            known.template = scope.get("path_template", "")
            self._finish(known, scope["method"], scope["path"], status, time.perf_counter() - began)

    async def drained(self, seconds: float) -> bool:
        """Wait until no request is in flight, at most so long; say whether that came about. Streams end at once."""
        self.stopping.set()
        end = time.monotonic() + seconds
        # An event would cost every request something; this costs only the stop.
        while self.in_flight and time.monotonic() < end:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        return not self.in_flight

    async def _tell(self, error: HolotypeError, known: Exchange, scope: Scope, send: Send) -> None:
        status, body, headers = dialects.told(self._tongues, scope, error, known.request_id)
        headers["Content-Length"] = str(len(body))
        lines = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": lines})
        await send({"type": "http.response.body", "body": body})

    def _request_id(self, headers: list[tuple[bytes, bytes]]) -> str:
        for name, value in headers:
            if name == b"x-request-id" and _SANE_ID.fullmatch(value):
                return value.decode("ascii")
        return f"{self._prefix}-{next(self._count):x}"


def _complete(headers: Any, request_id: str) -> list[tuple[bytes, bytes]]:
    found = [*headers, *HEADERS, (b"x-request-id", request_id.encode("ascii"))]
    given = {name.lower() for name, _ in headers}
    found.extend((name, value) for name, value in _DEFAULTS.items() if name not in given)
    return found
