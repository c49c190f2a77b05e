"""Does a body that is held back outlive the rights of whoever began to send it?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from holotype.domain.digest import of
from holotype.gateways import bodies
from tests.support.asgi import Visitor, owner_of
from tests.support.registry import open_desk


@pytest.fixture
def visitor(database_url: str, tmp_path: Path) -> Iterator[Visitor]:
    """The owner of a registry."""
    with open_desk(database_url, tmp_path / "blobs") as desk:
        yield owner_of(desk.registry)


class Held:
    """A request whose body is held back in the middle, until the token that it bears was revoked."""

    def __init__(self, visitor: Visitor) -> None:
        """Make the token."""
        self._visitor = visitor
        self._made = visitor.ask("POST", "/api/v1/tokens", {"name": "ci", "role": "admin"}).json

    def ask(self, method: str, path: str, body: bytes, kind: str = "application/json") -> int:
        """Send the request and return the status of the answer."""
        return asyncio.run(self._ask(method, path, body, kind))

    async def _ask(self, method: str, path: str, body: bytes, kind: str) -> int:
        sent: list[dict[str, object]] = []
        pieces = [body[:5], body[5:]]

        async def receive() -> dict[str, object]:
            piece = pieces.pop(0)
            if not pieces:
                token = self._made["token"]["id"]
                await asyncio.to_thread(self._visitor.ask, "DELETE", f"/api/v1/tokens/{token}")
            return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        scope = self._visitor.scope(method, path)
        scope["headers"] += [
            (b"authorization", f"Bearer {self._made['secret']}".encode()),
            (b"content-type", kind.encode()),
            (b"content-length", str(len(body)).encode()),
        ]
        await self._visitor.app(scope, receive, send)  # type: ignore[arg-type]
        return int(str(sent[0]["status"]))


@pytest.mark.parametrize("path", ["/api/v1/namespaces", "/api/2.0/mlflow/registered-models/create"])
def test_a_body_in_pieces_is_refused_once_the_token_is_revoked(visitor: Visitor, path: str) -> None:
    """Between its first piece and its last one."""
    assert Held(visitor).ask("POST", path, json.dumps({"name": "later"}).encode()) == 401
    listed = visitor.ask("GET", "/api/v1/namespaces").body + visitor.ask("GET", "/api/v1/models").body
    assert b"later" not in listed


def test_bytes_that_took_their_time_are_refused_once_the_token_is_revoked(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stream comes in pieces by itself, so there it is the time that counts; nothing is kept."""
    monkeypatch.setattr(bodies, "AT_ONCE", 0.0)
    digest = of(b"weights, later")
    path = f"/api/v1/namespaces/default/blobs/{digest}"
    assert Held(visitor).ask("PUT", path, b"weights, later", "application/octet-stream") == 401
    missing = visitor.ask("POST", "/api/v1/namespaces/default/blobs/missing", {"digests": [digest]}).json
    assert missing["missing"] == [digest]


def test_a_body_that_drips_is_let_go(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """However small its pieces are: it is held in memory."""
    monkeypatch.setattr(bodies, "WHOLE", 0.0)
    assert Held(visitor).ask("POST", "/api/v1/namespaces", b'{"name": "later"}') == 400
