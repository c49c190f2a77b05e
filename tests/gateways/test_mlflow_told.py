"""Is an MLflow client told what is in the way of a name, what has yet to come, and what there is none of here?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from holotype.domain.titles import name_of
from holotype.operations.create_namespace import create_namespace
from tests.support.asgi import Visitor, front_of
from tests.support.mlflow_client import Client
from tests.support.people import member, owner
from tests.support.registry import open_desk

TITLE = "Fraud (EU)"
TAKEN = (400, "RESOURCE_ALREADY_EXISTS")
PROMPT = {"key": "mlflow.prompt.is_prompt", "value": "true"}
WEBHOOKS = [
    ("GET", "webhooks"), ("POST", "webhooks"), ("GET", "webhooks/w"), ("PATCH", "webhooks/w"),
    ("DELETE", "webhooks/w"), ("POST", "webhooks/w/test"),
]  # fmt: skip


@pytest.fixture
def client(database_url: str, tmp_path: Path) -> Iterator[Client]:
    """The owner of a registry, at its application."""
    with open_desk(database_url, tmp_path / "blobs") as desk:
        yield Client(Visitor(front_of(desk.registry), owner(desk)), desk)


@pytest.mark.parametrize(("first", "second"), [(TITLE, name_of(TITLE)), (name_of(TITLE), TITLE)])
def test_a_name_that_is_kept_for_another_model_is_taken(client: Client, first: str, second: str) -> None:
    """A title and the name that is made of it cannot both be had, in either order; it is said what is in the way."""
    made = client.model(first)
    got = client.ask("POST", "registered-models/create", name=second)
    assert (got.status, got.json["error_code"]) == TAKEN
    assert f"default/{name_of(TITLE)}" in got.json["message"]
    assert "there already" in got.json["message"]
    assert client.refused("POST", "registered-models/create", name=second, tags=[PROMPT]) == TAKEN
    client.model("other")
    assert client.refused("POST", "registered-models/rename", name="other", new_name=second) == TAKEN
    assert client.refused("GET", "registered-models/get", name=second) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert client.did("GET", "registered-models/get", name=first)["registered_model"] == made
    client.did("POST", "registered-models/rename", name=first, new_name="free")
    client.model(second)


@pytest.mark.parametrize("status", ["pending", "failed"])
def test_a_version_whose_bytes_have_not_come_is_never_the_newest(client: Client, status: str) -> None:
    """Neither of its stage nor of all; it is shown by its number, and has no stage, alias or download."""
    client.model(versions=1)
    where = {"name": "fraud", "version": str(client.intake(status))}
    shown = client.did("GET", "registered-models/get", name="fraud")["registered_model"]["latest_versions"]
    newest = client.did("POST", "registered-models/get-latest-versions", name="fraud")["model_versions"]
    latest = client.did("GET", "registered-models/alias", name="fraud", alias="latest")["model_version"]
    assert [one["version"] for one in (*shown, *newest, latest)] == ["1", "1", "1"]
    assert client.version(number=where["version"])["version"] == where["version"]
    for method, path, more in (
        ("POST", "model-versions/transition-stage", {"stage": "Staging"}),
        ("POST", "registered-models/alias", {"alias": "champion"}),
        ("GET", "model-versions/get-download-uri", {}),
    ):
        assert client.refused(method, path, **where, **more) == (409, "RESOURCE_CONFLICT"), path


@pytest.mark.parametrize("role", ["reader", "contributor", "admin"])
def test_whoever_may_read_something_is_told_that_there_are_no_webhooks(client: Client, role: str) -> None:
    """Each endpoint says so in a sentence, in whatever namespace; a stranger is asked who they are."""
    create_namespace(client.desk.call(), "risk")
    secret = member(client.desk, str(client.visitor.token), "eve", (role, "risk"))
    for prefix in ("", "/mlflow/risk"):
        eve = Client(Visitor(client.visitor.app, secret), client.desk, prefix)
        stranger = Client(Visitor(client.visitor.app), client.desk, prefix)
        for method, path in WEBHOOKS:
            got = eve.ask(method, path, name="x")
            assert (got.status, got.json["error_code"]) == (501, "NOT_IMPLEMENTED"), (method, path)
            assert "sends no webhooks yet" in got.json["message"]
            assert stranger.refused(method, path) == (401, "UNAUTHENTICATED")
