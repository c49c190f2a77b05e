"""Is an MLflow client told what is in the way of a name?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from holotype.domain.titles import name_of
from tests.support.asgi import Visitor, front_of
from tests.support.mlflow_client import Client
from tests.support.people import owner
from tests.support.registry import open_desk

TITLE = "Fraud (EU)"
TAKEN = (400, "RESOURCE_ALREADY_EXISTS")
PROMPT = {"key": "mlflow.prompt.is_prompt", "value": "true"}


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
