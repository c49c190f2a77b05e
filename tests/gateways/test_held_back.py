"""Does a body that is held back outlive the rights of whoever began to send it?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.asgi import Got, Visitor, owner_of
from tests.support.registry import open_desk


@pytest.fixture
def visitor(database_url: str, tmp_path: Path) -> Iterator[Visitor]:
    """The owner of a registry."""
    with open_desk(database_url, tmp_path / "blobs") as desk:
        yield owner_of(desk.registry)


@pytest.mark.parametrize("path", ["/api/v1/namespaces", "/api/2.0/mlflow/registered-models/create"])
def test_a_body_in_pieces_is_refused_once_the_token_is_revoked(visitor: Visitor, path: str) -> None:
    """Between its first piece and its last one."""
    made = visitor.ask("POST", "/api/v1/tokens", {"name": "ci", "role": "admin"}).json
    body = json.dumps({"name": "later"}).encode()

    async def held() -> Got:
        sent: list[dict[str, object]] = []
        pieces = [body[:5], body[5:]]

        async def receive() -> dict[str, object]:
            piece = pieces.pop(0)
            if not pieces:
                await asyncio.to_thread(visitor.ask, "DELETE", f"/api/v1/tokens/{made['token']['id']}")
            return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        scope = visitor.scope("POST", path)
        scope["headers"] += [
            (b"authorization", f"Bearer {made['secret']}".encode()),
            (b"content-type", b"application/json"),
        ]
        await visitor.app(scope, receive, send)  # type: ignore[arg-type]
        return Got(int(str(sent[0]["status"])), {}, b"")

    assert asyncio.run(held()).status == 401
    listed = visitor.ask("GET", "/api/v1/namespaces").body + visitor.ask("GET", "/api/v1/models").body
    assert b"later" not in listed
