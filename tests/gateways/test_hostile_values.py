"""What becomes of values that no database can hold? A refusal, on every database, wherever they are given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from holotype import db
from holotype.artifacts.store import open_store
from holotype.domain import cursors
from holotype.domain import digest as digests
from holotype.gateways.guard import PUBLIC
from holotype.gateways.metrics import Metrics
from holotype.main.application import routes
from holotype.operations.call import Registry
from holotype.operations.migrate import migrate
from holotype.settings import Settings
from tests.support.asgi import Visitor, owner_of

CONTENT = b"weights"
VERSIONS = "/api/v1/models/default/fraud/versions"
HUGE = 10**400
LONG = b"1" * 5_000
NATIVE = [handler.opt["route"] for handler in routes(Metrics()) if "route" in handler.opt]
"""The others have tests of their own: ``test_mlflow_hostile``."""


@pytest.fixture
def owner(database_url: str, tmp_path: Path) -> Iterator[Visitor]:
    """The owner of a registry on each database, with one version."""
    database = db.connect(database_url)
    migrate(database)
    visitor = owner_of(Registry(database, open_store(tmp_path / "blobs"), Settings(data=tmp_path)))
    digest = digests.of(CONTENT)
    sent = visitor.ask(
        "PUT",
        f"/api/v1/namespaces/default/blobs/{digest}",
        content=CONTENT,
        headers={"content-length": str(len(CONTENT))},
    )
    assert sent.status == 200
    assert register(visitor).status == 201
    yield visitor
    database.close()


def register(visitor: Visitor, **provenance: Any) -> Any:
    """Register a version with that provenance."""
    file = {"path": "model.bin", "digest": digests.of(CONTENT), "size": len(CONTENT)}
    return visitor.ask("POST", VERSIONS, {"files": [file], "provenance": provenance})


def test_a_nul_anywhere_in_an_address_is_nowhere(owner: Visitor) -> None:
    """No route looks for a name that holds one; a token without rights writes no refusal about one either."""
    made = owner.ask("POST", "/api/v1/tokens", {"name": "n", "role": "contributor", "scope": "default/fraud"})
    narrow = Visitor(owner.app, made.json["secret"])
    asked = 0
    for route in NATIVE:
        for part in (part for part in route.path.split("/") if part.startswith("{")):
            path = "/".join(
                "a\0b" if one == part else "x" if one.startswith("{") else one for one in route.path.split("/")
            )
            for visitor in (owner, narrow):
                got = visitor.ask(route.method, path, {} if route.signature.body else None)
                assert (got.status, got.code) == (404, "not-found"), (route.method, path, got.body)
            asked += 1
    assert asked > 50


def test_a_nul_in_any_query_is_refused(owner: Visitor) -> None:
    """Cursors, names and texts alike."""
    for route in NATIVE:
        path = unquote(route.path).replace("{namespace:str}", "default").replace("{model:str}", "fraud")
        path = path.replace("{label:str}", "1")
        for parameter in route.signature.query:
            got = owner.ask(route.method, path, query=f"{parameter.name}=a%00b")
            assert (got.status, got.code) == (400, "invalid"), (path, parameter.name, got.body)


def test_a_number_beyond_the_column_is_refused(owner: Visitor) -> None:
    """A cursor is the caller's: what it holds fits its list's order, but perhaps no column."""
    for key in (2**62, -(2**62), 2**31):
        cursor = cursors.write("versions\n\nnumber:asc", key, 0)
        got = owner.ask("GET", "/api/v1/versions", query=f"sort=number:asc&cursor={cursor}")
        assert got.status in {200, 400}, got.body


def test_a_moment_after_the_year_9999_is_refused(owner: Visitor) -> None:
    """Seconds since 1970 may be more than any calendar holds."""
    for query in ("reference=default/fraud:none&at=253402300800", "reference=default/fraud:none&at=-1e18"):
        assert owner.ask("GET", "/api/v1/resolve", query=query).code == "invalid"


@pytest.mark.parametrize(
    "provenance",
    [
        {"parameters": {"depth": HUGE}},
        {"parameters": {"depth": -HUGE}},
        {"parameters": {"depth": 2**53}},
        {"schema": {"inputs": [{"name": "x", "type": "float", "shape": [2**53]}]}},
        {"schema": {"outputs": [{"name": "x", "type": "float", "shape": [HUGE]}]}},
    ],
    ids=["huge", "negative", "just too large", "shape", "huge shape"],
)
def test_a_number_that_json_cannot_carry_is_refused(owner: Visitor, provenance: dict[str, Any]) -> None:
    """The canonical form of a provenance would have to round it."""
    got = register(owner, **provenance)
    assert (got.status, got.code) == (400, "invalid"), got.body


def test_a_number_without_end_is_refused(owner: Visitor) -> None:
    """Python refuses to read it, with an error of its own."""
    body = b'{"files": [], "provenance": {"parameters": {"x": ' + LONG + b"}}}"
    got = owner.ask("POST", VERSIONS, content=body, headers={"content-type": "application/json"})
    assert (got.status, got.code) == (400, "invalid"), got.body


def test_a_stranger_sends_little(owner: Visitor) -> None:
    """Who need not say who they are cannot fill the memory with many large bodies: every public route, at once."""
    stranger = Visitor(owner.app)
    tried = 0
    for route in NATIVE:
        if route.permission is PUBLIC and route.signature.body is not None:
            tried += 1
            assert stranger.ask(route.method, route.path, {"password": "x" * 70_000}).code == "too-large", route.path
    assert tried >= 5
