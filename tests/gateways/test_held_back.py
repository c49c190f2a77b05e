"""Does a body that is held back, or an answer that is read slowly, outlive the rights of whoever began it?"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from litestar.exceptions import LitestarException

from holotype.domain import digest as digests
from holotype.errors import NotFound, Unauthenticated
from holotype.gateways import bodies, lasting
from holotype.operations import export_ledger
from holotype.operations.sign_checkpoint import ensure_key
from tests.support.asgi import Visitor, owner_of
from tests.support.registry import open_desk

CONTENT = b"weights" * 100
BLOBS = "/api/v1/namespaces/default/blobs"
UPLOADS = "/api/v1/namespaces/default/uploads"
MLFLOW, ARTIFACTS = "/api/2.0/mlflow", "/api/2.0/mlflow-artifacts"


@pytest.fixture
def visitor(database_url: str, tmp_path: Path) -> Iterator[Visitor]:
    """The owner of a registry that signs its ledger."""
    with open_desk(database_url, tmp_path / "blobs", data=tmp_path) as desk:
        visitor = owner_of(desk.registry)
        ensure_key(desk.call())
        yield visitor


@dataclass
class Leaver:
    """Somebody whose rights on a namespace end, one way or the other; they keep those on another one."""

    visitor: Visitor
    end: Callable[[], object]


@pytest.fixture(params=["token", "grant"])
def leaver(request: pytest.FixtureRequest, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> Leaver:
    """A machine; whoever began something is asked for again at once."""
    monkeypatch.setattr(lasting, "EACH", 0.0)
    visitor.ask("POST", "/api/v1/namespaces", {"name": "other"})
    visitor.ask("POST", "/api/v1/services", {"name": "robot", "owner": "owner"})
    ids = [
        visitor.ask("POST", "/api/v1/grants", {"who": "robot", "role": "maintainer", "scope": scope}).json["id"]
        for scope in ("default", "other")
    ]
    made = visitor.ask("POST", "/api/v1/tokens", {"name": "t", "role": "admin", "principal": "robot"}).json
    place = f"tokens/{made['token']['id']}" if request.param == "token" else f"grants/{ids[0]}"
    return Leaver(Visitor(visitor.app, made["secret"]), lambda: visitor.ask("DELETE", f"/api/v1/{place}"))


def held(
    leaver: Leaver, method: str, path: str, pieces: list[bytes], query: bytes = b"", **headers: str
) -> tuple[int, bytes]:
    """Send pieces, and end the rights before the last one, or once two messages of the answer came."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, object]:
        piece = pieces.pop(0) if pieces else b""
        if not pieces and method != "GET":
            await asyncio.to_thread(leaver.end)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message: Any) -> None:
        sent.append(message)
        if len(sent) == 2 and method == "GET":
            await asyncio.to_thread(leaver.end)

    scope = leaver.visitor.scope(method, path)
    given = {"authorization": f"Bearer {leaver.visitor.token}"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    scope["headers"] += [(name.encode(), value.encode()) for name, value in given.items()]
    scope["query_string"] = query
    asyncio.run(leaver.visitor.app(scope, receive, send))  # type: ignore[arg-type]
    return int(sent[0]["status"]), b"".join(one.get("body", b"") for one in sent[1:])


@pytest.mark.parametrize("path", ["/api/v1/namespaces", "/api/2.0/mlflow/registered-models/create"])
def test_a_body_in_pieces_is_refused_once_the_token_is_revoked(visitor: Visitor, path: str) -> None:
    """Between its first piece and its last one."""
    made = visitor.ask("POST", "/api/v1/tokens", {"name": "ci", "role": "admin"}).json
    body = json.dumps({"name": "later"}).encode()
    leaver = Leaver(
        Visitor(visitor.app, made["secret"]), lambda: visitor.ask("DELETE", f"/api/v1/tokens/{made['token']['id']}")
    )
    assert held(leaver, "POST", path, [body[:5], body[5:]], content_type="application/json")[0] == 401
    listed = visitor.ask("GET", "/api/v1/namespaces").body + visitor.ask("GET", "/api/v1/models").body
    assert b"later" not in listed


def test_a_body_that_drips_is_let_go(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """However small its pieces are: it is held in memory."""
    monkeypatch.setattr(bodies, "WHOLE", 0.0)
    body = json.dumps({"name": "later"}).encode()
    leaver = Leaver(visitor, lambda: None)
    pieces = [body[:5], body[5:]]
    assert held(leaver, "POST", "/api/v1/namespaces", pieces, content_type="application/json")[0] == 400


def begun(leaver: Leaver, kind: str) -> tuple[str, str, list[bytes]]:
    """Begin to send a file in one of the ways that there are: method, path and pieces."""
    ask, digest, half = leaver.visitor.ask, digests.of(CONTENT), len(CONTENT) // 2
    pieces = [CONTENT[:half], CONTENT[half:]]
    if kind == "whole":
        return "PUT", f"{BLOBS}/{digest}", pieces
    if kind == "many":
        return "POST", BLOBS, [hashlib.sha256(CONTENT).digest() + len(CONTENT).to_bytes(4, "big"), CONTENT]
    if kind == "part":
        upload = ask("POST", UPLOADS, {"digest": digest, "size": len(CONTENT)}).json["id"]
        return "PUT", f"{UPLOADS}/{upload}/parts/0", pieces
    run = ask("POST", f"{MLFLOW}/runs/create", {"experiment_id": "0"}).json["run"]["info"]["run_id"]
    folder = f"0/{run}/artifacts"
    if kind == "artifact":
        return "PUT", f"{ARTIFACTS}/artifacts/{folder}/model.bin", pieces
    made = ask("POST", f"{ARTIFACTS}/mpu/create/{folder}", {"path": "model.bin", "num_parts": 1})
    return "PUT", made.json["credentials"][0]["url"].partition("7878")[2], pieces


@pytest.mark.parametrize("kind", ["whole", "many", "part", "artifact", "artifact part"])
def test_bytes_that_were_held_back_are_refused_and_kept_nowhere(visitor: Visitor, leaver: Leaver, kind: str) -> None:
    """Nothing is held, no part acknowledged, and no path of a run stands for them."""
    method, path, pieces = begun(leaver, kind)
    status, _ = held(leaver, method, path, pieces, content_length=str(len(b"".join(pieces))))
    assert status in {401, 404}
    missing = visitor.ask("POST", f"{BLOBS}/missing", {"digests": [digests.of(CONTENT)]})
    assert missing.json["missing"] == [digests.of(CONTENT)]
    if kind == "part":
        assert visitor.ask("GET", path.partition("/parts")[0]).json["parts"] == []
    if kind == "artifact":
        run = path.split("/")[-3]
        assert visitor.ask("GET", f"{MLFLOW}/artifacts/list", query=f"run_id={run}").json["files"] == []


@pytest.mark.parametrize("path", ["/api/v1/ledger/export", "/ledger/export"])
def test_an_export_breaks_off_when_the_rights_of_its_reader_end(
    visitor: Visitor, leaver: Leaver, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it is read slowly, by a client or in a browser; nobody can take what came for the whole."""
    monkeypatch.setattr(export_ledger, "_PROVED", 1)
    cookie = f"holotype_session={leaver.visitor.token}"
    with pytest.raises(LitestarException, match="after response started") as broken:
        held(leaver, "GET", path, [], b"namespace=default", cookie=cookie)
    assert isinstance(broken.value.__cause__, Unauthenticated | NotFound)
    again = visitor.ask("GET", path, query="namespace=default", headers={"cookie": f"holotype_session={visitor.token}"})
    assert again.status == 200
    assert len(again.body.splitlines()) > 5
