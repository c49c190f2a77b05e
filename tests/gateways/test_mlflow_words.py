"""Are the words about models and versions those that MLflow's own server shows, also where there are none?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.asgi import Visitor, front_of
from tests.support.mlflow_client import Client
from tests.support.people import owner
from tests.support.registry import open_desk


@pytest.fixture
def client(database_url: str, tmp_path: Path) -> Iterator[Client]:
    """The owner of a registry with a model, at its application."""
    with open_desk(database_url, tmp_path / "blobs") as desk:
        made = Client(Visitor(front_of(desk.registry), owner(desk)), desk)
        made.model("fraud", 1, description="what it is for")
        yield made


def test_what_is_empty_is_a_text(client: Client) -> None:
    """Of a version, also of one that is on its way; of a model it is left out."""
    client.intake()
    for number in ("1", "2"):
        found = client.version(number=number)
        assert (found["description"], found["run_id"], found["run_link"]) == ("", "", "")
    assert "description" not in client.model("bare")


def test_an_update_without_words_removes_them(client: Client) -> None:
    """As `update_registered_model(name)` and `update_model_version(name, version)` mean it to MLflow's server."""
    client.did("PATCH", "model-versions/update", name="fraud", version="1", description="words")
    assert client.version()["description"] == "words"
    assert client.did("PATCH", "model-versions/update", name="fraud", version="1")["model_version"]["description"] == ""
    assert "description" not in client.did("PATCH", "registered-models/update", name="fraud")["registered_model"]
    assert "description" not in client.did("GET", "registered-models/get", name="fraud")["registered_model"]
