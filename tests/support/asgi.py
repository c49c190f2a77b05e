"""How does a test ask the application without a network? By being the server: it makes scopes and reads messages."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

from holotype.gateways.exchange import ANONYMOUS
from holotype.gateways.front import Front
from holotype.main.application import Inside, application, inside
from holotype.operations.bootstrap import bootstrap
from holotype.operations.call import Call, Registry


@dataclass(frozen=True, slots=True)
class Got:
    """An answer of the application."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    unread: int = 0
    """How many chunks of the request were left where they were."""

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of the problem that the answer is."""
        assert self.headers["content-type"] == "application/problem+json", (self.status, self.body)
        return str(self.json["code"])


@dataclass(slots=True)
class Visitor:
    """Somebody who asks an application, with or without a token."""

    app: Front
    token: str | None = None

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: str = "",
        content: bytes | Sequence[bytes | None] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Got:
        """Ask once; ``body`` is sent as JSON, ``content`` as it is, in chunks where it is a list; None is silence."""
        given = {"host": "127.0.0.1:7878", **(headers or {})}
        chunks: list[bytes | None] = [content] if isinstance(content, bytes) else list(content or [b""])
        if body is not None:
            chunks = [json.dumps(body).encode()]
            given.setdefault("content-type", "application/json")
        if self.token is not None:
            given["authorization"] = f"Bearer {self.token}"
        return asyncio.run(_ask(self.app, _scope(method, path, query, given), chunks))

    def scope(self, method: str, path: str) -> dict[str, Any]:
        """Return the scope of a request without a body, for ``answer``."""
        return _scope(method, path, "", {"host": "127.0.0.1:7878"})

    async def answer(self, scope: dict[str, Any], content: Sequence[bytes | None] = ()) -> Got:
        """Ask inside a running event loop, beside others."""
        return await _ask(self.app, scope, list(content))


def front_of(registry: Registry) -> Front:
    """Return the application of a registry; what lies behind its front is made once for all tests of a process."""
    return application(registry, _inside())


def owner_of(registry: Registry) -> Visitor:
    """Return the owner of a migrated registry, at its application."""
    secret = bootstrap(Call(registry, ANONYMOUS), leave_token=True)
    return Visitor(front_of(registry), secret)


@cache
def _inside() -> Inside:
    return inside()


def _scope(method: str, path: str, query: str, headers: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": quote(path, safe="/:@!$&'()*+,;=~").encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
        "server": ("127.0.0.1", 7878),
        "client": ("127.0.0.1", 1),
        "state": {},
    }


async def _ask(app: Front, scope: dict[str, Any], chunks: list[bytes | None]) -> Got:
    sent: list[Any] = []
    waiting = list(chunks)

    async def receive() -> dict[str, Any]:
        body = waiting.pop(0) if waiting else b""
        if body is None:
            await asyncio.sleep(3_600)
        return {"type": "http.request", "body": body, "more_body": bool(waiting)}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start, *rest = sent
    headers = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
    return Got(start["status"], headers, b"".join(message.get("body", b"") for message in rest), len(waiting))
