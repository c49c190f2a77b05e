"""Does the ledger answer over HTTP, page by page, and say what is wrong with a question?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.server import serving


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    """A client of a server without sign-in, in which three models were made."""
    with (
        serving(Path(tmp_path_factory.mktemp("ledger")), open=True) as server,
        httpx2.Client(base_url=server.url + "/api/v1") as client,
    ):
        for name in ("one", "two", "three"):
            client.post("/models", json={"namespace": "default", "name": name}).raise_for_status()
        yield client


def _items(http: httpx2.Client, path: str, **query: Any) -> list[dict[str, Any]]:
    """Follow ``next`` to the end."""
    items: list[dict[str, Any]] = []
    while True:
        answer = http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        items += page["items"]
        if page["next"] is None:
            return items
        query["cursor"] = page["next"]


def test_pages_follow_each_other_to_the_first_entry(http: httpx2.Client) -> None:
    """One at a time, or all at once, the entries are the same: the newest first, down to the first of all."""
    whole = _items(http, "/ledger")
    assert whole == _items(http, "/ledger", limit=1)
    assert [entry["sequence"] for entry in whole] == list(range(len(whole), 0, -1))


def test_a_model_has_its_history(http: httpx2.Client) -> None:
    """Each entry says who did what to what, and the tree head after it."""
    (entry,) = _items(http, "/models/default/two/history")
    assert entry["action"] == "model.created"
    assert entry["subject"] == "default/two"
    assert len(bytes.fromhex(entry["root"])) == 32
    assert entry == _items(http, "/ledger", model="default/two", action="model.created")[0]


def test_times_bound_the_ledger(http: httpx2.Client) -> None:
    """From a moment on, and before it, are all there is."""
    whole = _items(http, "/ledger")
    moment = whole[1]["time"]
    assert _items(http, "/ledger", since=moment) + _items(http, "/ledger", until=moment) == whole


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/ledger", {"cursor": "x"}, 400),
        ("/ledger", {"cursor": "9" * 5_000}, 400),
        ("/ledger", {"cursor": "0" * 5_000}, 400),
        ("/ledger/checkpoints", {"cursor": "0" * 5_000}, 400),
        ("/models/default/one/history", {"cursor": "0" * 5_000}, 400),
        ("/ledger", {"limit": 0}, 400),
        ("/ledger", {"limit": 501}, 400),
        ("/ledger", {"since": "yesterday"}, 400),
        ("/ledger", {"colour": "red"}, 400),
        ("/ledger", {"namespace": "a/b"}, 400),
        ("/ledger", {"namespace": "other", "model": "default/one"}, 400),
        ("/ledger", {"model": "default/one:1"}, 400),
        ("/ledger", {"namespace": "nowhere"}, 404),
        ("/ledger", {"model": "default/nobody"}, 404),
        ("/models/default/nobody/history", {}, 404),
        ("/models/default/one/history", {"cursor": "-1"}, 400),
        ("/models/default/one/versions/7/history", {}, 404),
    ],
)
def test_a_wrong_question_is_answered_with_what_is_wrong(
    http: httpx2.Client, path: str, query: dict[str, Any], status: int
) -> None:
    """A problem with a sentence, never a server error."""
    answer = http.get(path, params=query)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
