"""Do searches answer as MLflow's own server does? Asked as its clients ask, on both databases."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.support.asgi import Got, Visitor, front_of
from tests.support.people import member, owner
from tests.support.registry import Desk, open_desk
from tests.support.stock import PROMPT, Stock, fill, models_matching, versions_matching

API = "/api/2.0/mlflow/"
NO_PROMPTS = f"tag.`{PROMPT}` != 'true'"
BAD_FILTERS = ["name = 'x", "name > 'x'", "foo = 'x'", "name = 'x' OR 1=1", "name = 'x'; DROP TABLE models", "(", "'"]
BAD_TOKENS = ["x", "-1", base64.b64encode(b'{"offset": 1}').decode(), "A" * 5_000, "é", "[]", "bnVsbA=="]


class Searcher:
    """Somebody who searches as MLflow's clients do, with a desk to put things on."""

    def __init__(self, visitor: Visitor, desk: Desk, stock: Stock) -> None:
        """Keep them."""
        self.visitor, self.desk, self.stock = visitor, desk, stock

    def ask(self, noun: str, prefix: str = "", **fields: Any) -> Got:
        """Search once."""
        return self.visitor.ask("GET", f"{prefix}{API}{noun}/search", query=urlencode(fields, doseq=True))

    def found(self, noun: str, **fields: Any) -> Any:
        """Search once, and be answered."""
        got = self.ask(noun, **fields)
        assert got.status == 200, got.body
        return got.json


@pytest.fixture
def searcher(database_url: str, tmp_path: Path) -> Iterator[Searcher]:
    """The owner of a registry with ten models."""
    with open_desk(database_url, tmp_path / "blobs") as desk:
        secret = owner(desk)
        stock = fill(desk.registry.database)
        yield Searcher(Visitor(front_of(desk.registry), secret), desk, stock)


def told(got: Got) -> tuple[int, str]:
    """Return status and error code."""
    return got.status, got.json["error_code"]


def test_models_are_found_as_a_client_asks_for_them(searcher: Searcher) -> None:
    """With the clause about prompts that clients add, page by page, in either order."""
    for given, text in (("", NO_PROMPTS), ("name LIKE 'f%'", f"name LIKE 'f%' AND {NO_PROMPTS}")):
        names: list[str] = []
        fields: dict[str, Any] = {"filter": text, "max_results": 3}
        while True:
            page = searcher.found("registered-models", **fields)
            names += [one["name"] for one in page.get("registered_models", [])]
            if not page.get("next_page_token"):
                break
            fields["page_token"] = page["next_page_token"]
        expected = [one for one in models_matching(searcher.stock, ()) if one[:1] == "f" or not given]
        assert names == expected
    page = searcher.found("registered-models", order_by=["timestamp DESC", "name ASC"], max_results=1)
    assert {"name", "creation_timestamp", "last_updated_timestamp", "tags"} <= page["registered_models"][0].keys()


def test_versions_are_found_as_a_client_asks_for_them(searcher: Searcher) -> None:
    """All of them in one page of 10,000, the newest first; a version that is still to come is one of them."""
    page = searcher.found("model-versions", max_results=10_000)
    assert "next_page_token" not in page
    assert [(one["name"], int(one["version"])) for one in page["model_versions"]] == versions_matching(
        searcher.stock, ()
    )
    assert {one["status"] for one in page["model_versions"]} == {"READY", "PENDING_REGISTRATION"}
    titled = searcher.found("model-versions", filter="name = 'FRAUD Model (EU)'", order_by="version_number ASC")
    assert {one["name"] for one in titled["model_versions"]} == {"FRAUD Model (EU)"}
    prompts = searcher.found("model-versions", filter=f"tags.`{PROMPT}` = 'true'")
    assert {one["name"] for one in prompts["model_versions"]} == {"prompt-a"}


def test_a_page_may_be_as_large_as_in_mlflow(searcher: Searcher) -> None:
    """1,000 models, 200,000 versions: more is refused, as is less than one."""
    assert searcher.ask("registered-models", max_results=1_000).status == 200
    assert searcher.ask("model-versions", max_results=200_000).status == 200
    assert searcher.ask("model-versions").status == 200
    for noun, many in (("registered-models", 1_001), ("model-versions", 200_001)):
        for wrong in (many, 0, -1, "x", "1.5", "9" * 30):
            assert told(searcher.ask(noun, max_results=wrong)) == (400, "INVALID_PARAMETER_VALUE"), wrong


@pytest.mark.parametrize("noun", ["registered-models", "model-versions"])
def test_what_cannot_be_read_is_refused_in_words(searcher: Searcher, noun: str) -> None:
    """Filters, orders and tokens: always 400 INVALID_PARAMETER_VALUE with a message."""
    for text in [*BAD_FILTERS, " AND ".join(["name = 'x'"] * 10_000)]:
        got = searcher.ask(noun, filter=text)
        assert told(got) == (400, "INVALID_PARAMETER_VALUE"), text[:80]
        assert got.json["message"]
    for order in (["foo"], ["name", "name DESC"], ["name; DROP"], [""]):
        assert told(searcher.ask(noun, order_by=order)) == (400, "INVALID_PARAMETER_VALUE"), order
    for token in BAD_TOKENS:
        assert told(searcher.ask(noun, page_token=token)) == (400, "INVALID_PARAMETER_VALUE"), token[:80]


def test_a_token_belongs_to_its_search(searcher: Searcher) -> None:
    """With another filter or order it is refused; with its own it goes on, whatever the size of the page."""
    token = searcher.found("model-versions", filter="name != 'x'", max_results=2)["next_page_token"]
    assert searcher.ask("model-versions", filter="name  !=  'x'", max_results=5, page_token=token).status == 200
    assert told(searcher.ask("model-versions", page_token=token)) == (400, "INVALID_PARAMETER_VALUE")
    wrong = searcher.ask("model-versions", filter="name != 'x'", order_by="name", page_token=token)
    assert told(wrong) == (400, "INVALID_PARAMETER_VALUE")


def test_each_namespace_is_searched_alone(searcher: Searcher) -> None:
    """By prefix or header; one that is hidden looks like one that is not there."""
    for noun, key in (("registered-models", "registered_models"), ("model-versions", "model_versions")):
        other = searcher.ask(noun, prefix="/mlflow/other")
        assert {one["name"] for one in other.json[key]} == {"fraud", "Fraud"}
        assert told(searcher.ask(noun, prefix="/mlflow/nowhere")) == (404, "RESOURCE_DOES_NOT_EXIST")
    secret = member(searcher.desk, str(searcher.visitor.token), "bob", ("reader", "default/churn"))
    bob = Searcher(Visitor(searcher.visitor.app, secret), searcher.desk, searcher.stock)
    assert [one["name"] for one in bob.found("registered-models")["registered_models"]] == ["churn"]
    assert {one["name"] for one in bob.found("model-versions")["model_versions"]} == {"churn"}
    assert told(bob.ask("model-versions", prefix="/mlflow/other")) == (404, "RESOURCE_DOES_NOT_EXIST")
