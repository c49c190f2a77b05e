"""How do the files of runs, logged models and versions cross MLflow's protocol, and whose are they?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from holotype.domain import digest
from holotype.ledger.tables import ledger_entries
from holotype.operations.create_namespace import create_namespace
from holotype.operations.quarantine import quarantine
from holotype.operations.sweep import sweep
from tests.support.asgi import Got, Visitor, owner_of
from tests.support.bytes import listed, noise, under_way
from tests.support.fixtures import Backend
from tests.support.mlflow_files import API, ARTIFACTS, CONTENT, fetch, names, put, refused, run_of
from tests.support.people import member
from tests.support.registry import Desk, open_desk

DAY = 86_400


@pytest.fixture
def desk(backend: Backend) -> Iterator[Desk]:
    """A registry on each pairing of backends."""
    with open_desk(
        backend.database_url, backend.store_url, public_url="https://models.example/reg", record_pulls="full"
    ) as opened:
        create_namespace(opened.call(), "risk")
        yield opened


@pytest.fixture
def owner(desk: Desk) -> Visitor:
    """Somebody who may do everything."""
    return owner_of(desk.registry)


def test_a_file_comes_back_as_it_was(owner: Visitor) -> None:
    """Whatever it is called; as an attachment of which a browser guesses nothing, with its digest as ETag."""
    run = run_of(owner)
    for name in ("model.pkl", "a b/ünï/码 %2F%25.bin", "a+b&c=d;e#f@g", "-rf", "empty"):
        content = b"" if name == "empty" else CONTENT
        assert put(owner, f"{run}/{name}", content).json == {}
        got = fetch(owner, f"{run}/{name}")
        assert (got.status, got.body) == (200, content)
        assert got.headers["content-length"] == str(len(content))
        assert got.headers["etag"] == f'"{digest.of(content)}"'
        assert got.headers["content-disposition"].startswith("attachment")
        assert got.headers["x-content-type-options"] == "nosniff"
        assert got.headers["content-type"] == "application/octet-stream"


def test_a_range_comes_back(owner: Visitor) -> None:
    """Exactly that; one that lies outside is refused in MLflow's words, and what the caller has is not sent."""
    file = f"{run_of(owner)}/x"
    put(owner, file)
    got = fetch(owner, file, range="bytes=10-19")
    assert (got.status, got.body, got.headers["content-range"]) == (206, CONTENT[10:20], "bytes 10-19/300000")
    assert refused(fetch(owner, file, range="bytes=300000-")) == (416, "INVALID_PARAMETER_VALUE")
    etag = f'"{digest.of(CONTENT)}"'
    assert fetch(owner, file, **{"if-none-match": etag}).status == 304
    assert fetch(owner, file, **{"if-range": '"other"', "range": "bytes=1-2"}).body == CONTENT
    head = owner.ask("HEAD", f"{ARTIFACTS}/{file}")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", "300000")


def test_a_listing_shows_one_level(owner: Visitor) -> None:
    """Folders without, files with their size; a file, and what is not there, have nothing in them."""
    run = run_of(owner)
    for name in ("b", "a/x", "a/deep/y", "a.b", "a/deep/er/z"):
        put(owner, f"{run}/{name}", b"12345")
    assert names(owner, run) == [("a", True, None), ("a.b", False, 5), ("b", False, 5)]
    assert names(owner, f"{run}/a") == names(owner, f"{run}/a/") == [("deep", True, None), ("x", False, 5)]
    assert names(owner, f"{run}/b") == names(owner, f"{run}/missing") == names(owner, f"{run}/a/dee") == []
    assert names(owner, "0/00000000000000000000000000000000/artifacts") == names(owner, "") == names(owner, "x") == []


def test_what_is_written_again_is_replaced(desk: Desk, owner: Visitor) -> None:
    """Its old bytes stay for a grace period, and go then; the new ones stay for as long as the run has them."""
    run = run_of(owner)
    for content in (b"old", b"new"):
        put(owner, f"{run}/x", content)
    assert fetch(owner, f"{run}/x").body == b"new"
    desk.seconds = int((desk.registry.clock() - desk.call().now).total_seconds()) + 6 * DAY
    assert sweep(desk.call()).blobs == 0
    desk.seconds += 2 * DAY
    assert sweep(desk.call()).blobs == 1
    assert fetch(owner, f"{run}/x").body == b"new"
    assert owner.ask("DELETE", f"{ARTIFACTS}/{run}/x").json == {}
    desk.seconds += 8 * DAY
    sweep(desk.call())
    assert listed(desk.registry.store) == {}


def test_a_path_is_a_file_or_a_folder(owner: Visitor) -> None:
    """Both at once could be written nowhere."""
    run = run_of(owner)
    put(owner, f"{run}/a/b")
    assert refused(put(owner, f"{run}/a")) == (400, "INVALID_PARAMETER_VALUE")
    assert refused(put(owner, f"{run}/a/b/c")) == (400, "INVALID_PARAMETER_VALUE")
    assert put(owner, f"{run}/a/c").status == 200


def test_removing_is_recursive_and_repeatable(owner: Visitor) -> None:
    """A file, a folder, or all of a run; what is not there is no error."""
    run = run_of(owner)
    for name in ("a/x", "a/y/z", "ab", "b"):
        put(owner, f"{run}/{name}", b"1")
    for place, left in ((f"{run}/a", {"ab", "b"}), (f"{run}/a", {"ab", "b"}), (f"{run}/b", {"ab"}), (f"{run}/", set())):
        assert owner.ask("DELETE", f"{ARTIFACTS}/{place}").status == 200
        assert {name for name, *_ in names(owner, run)} == left


def test_only_runs_and_logged_models_are_written(desk: Desk, owner: Visitor) -> None:
    """Not versions, which never change; not what nobody knows; nothing of what was refused is kept."""
    desk.register("fraud", b"weights")
    cases = {
        "versions/fraud/1/model.bin": (400, "INVALID_PARAMETER_VALUE"),
        "versions/fraud/1/new.bin": (400, "INVALID_PARAMETER_VALUE"),
        "0/00000000000000000000000000000000/artifacts/x": (404, "RESOURCE_DOES_NOT_EXIST"),
        "0/models/m-00000000000000000000000000000000/artifacts/x": (404, "RESOURCE_DOES_NOT_EXIST"),
        "x": (404, "RESOURCE_DOES_NOT_EXIST"),
        "0/x": (404, "RESOURCE_DOES_NOT_EXIST"),
        run_of(owner): (400, "INVALID_PARAMETER_VALUE"),
    }
    before = listed(desk.registry.store)
    for place, expected in cases.items():
        assert refused(put(owner, place)) == expected, place
        if expected[0] == 404 or "fraud" in place:
            assert refused(owner.ask("DELETE", f"{ARTIFACTS}/{place}")) == expected, place
    assert listed(desk.registry.store) == before
    assert fetch(owner, "versions/fraud/1/model.bin").body == b"weights"


def test_versions_are_read_as_everywhere(desk: Desk, owner: Visitor) -> None:
    """Listed, fetched, written to the ledger; what is in quarantine is refused with its reason."""
    desk.register("fraud", b"weights")
    assert names(owner, "versions/fraud/1") == [("model.bin", False, 7)]
    assert names(owner, "versions/fraud/1/model.bin") == []
    assert fetch(owner, "versions/fraud/1/model.bin").body == b"weights"
    pulls = sa.select(ledger_entries.c.subject).where(ledger_entries.c.action == "version.pulled")
    assert [row["subject"] for row in desk.rows(pulls)] == ["default/fraud:1"]
    for place in (
        "versions/fraud/2/x",
        "versions/churn/1/x",
        "versions/fraud/1/x",
        "versions/fraud/1",
        "versions/fraud/01/x",
    ):
        assert refused(fetch(owner, place)) == (404, "RESOURCE_DOES_NOT_EXIST"), place
    assert refused(owner.ask("GET", ARTIFACTS, query="path=versions/fraud/2")) == (404, "RESOURCE_DOES_NOT_EXIST")
    quarantine(desk.call(), "fraud:1", reason="a trojan")
    got = fetch(owner, "versions/fraud/1/model.bin")
    assert refused(got) == (409, "RESOURCE_CONFLICT")
    assert "a trojan" in got.json["message"]


def test_a_body_that_breaks_leaves_nothing(desk: Desk, owner: Visitor) -> None:
    """Too short, too long, or without a length that can be read; without one at all it is taken as it comes."""
    run = run_of(owner)
    for length in (str(len(CONTENT) + 1), str(len(CONTENT) - 1), "-5", "many", ""):
        got = put(owner, f"{run}/x", CONTENT, **{"content-length": length})
        assert refused(got) == (400, "INVALID_PARAMETER_VALUE"), length
    assert names(owner, run) == []
    assert listed(desk.registry.store) == {}
    assert under_way(desk.registry.store) == set()
    got = owner.ask("PUT", f"{ARTIFACTS}/{run}/x", content=[CONTENT, CONTENT])
    assert got.status == 200
    assert fetch(owner, f"{run}/x").body == CONTENT * 2


def test_the_other_addresses_mean_the_same(owner: Visitor) -> None:
    """The pages' own, and those of a namespace: by prefix or by header, and never both at once."""
    risk = run_of(owner, "/mlflow/risk")
    put(owner, f"{risk}/x", b"of risk", prefix="/mlflow/risk")
    assert fetch(owner, f"{risk}/x", prefix="/mlflow/risk").body == b"of risk"
    assert fetch(owner, f"{risk}/x", **{"x-mlflow-workspace": "risk"}).body == b"of risk"
    assert owner.ask("GET", f"/ajax-api/2.0/mlflow-artifacts/artifacts/{risk}/x").status == 404
    got = owner.ask("GET", f"/mlflow/risk/ajax-api/2.0/mlflow-artifacts/artifacts/{risk}/x")
    assert got.body == b"of risk"
    assert fetch(owner, f"{risk}/x").status == 404
    assert names(owner, risk) == []
    wrong = fetch(owner, f"{risk}/x", prefix="/mlflow/risk", **{"x-mlflow-workspace": "default"})
    assert refused(wrong) == (400, "INVALID_PARAMETER_VALUE")


def test_who_may_write_and_read(desk: Desk) -> None:
    """Writers write, and read what they wrote; readers of the whole namespace read all; others find nothing."""
    for model in ("fraud", "churn"):
        desk.register(model)
    boss = owner_of(desk.registry)
    secret = str(boss.token)
    people = {
        name: Visitor(boss.app, member(desk, secret, name, *given))
        for name, given in {
            "ann": [("contributor", "default/fraud")],
            "bob": [("contributor", "default/churn")],
            "reader": [("reader", "default")],
            "narrow": [("reader", "default/fraud")],
            "outside": [("admin", "risk")],
        }.items()
    }
    run = run_of(people["ann"])
    assert put(people["ann"], f"{run}/x").status == 200
    for name, status in {"ann": 200, "bob": 404, "reader": 200, "narrow": 403, "outside": 404}.items():
        assert fetch(people[name], f"{run}/x").status == status, name
    for name, status in {"ann": 200, "bob": 404, "reader": 403, "narrow": 403, "outside": 404}.items():
        assert put(people[name], f"{run}/y").status == status, name
        assert people[name].ask("DELETE", f"{ARTIFACTS}/{run}/y").status == status, name
        body = {"path": "z", "num_parts": 1}
        assert people[name].ask("POST", f"{API}-artifacts/mpu/create/{run}", body).status == status, name
    assert names(people["bob"], run) == []
    assert refused(fetch(Visitor(boss.app), f"{run}/x")) == (401, "UNAUTHENTICATED")
    assert fetch(boss, f"{run}/x").status == 200


def test_a_download_is_signed_with_what_the_caller_showed(desk: Desk, owner: Visitor) -> None:
    """For a file of a run or a version; one that is not there is not."""
    desk.register("fraud", b"weights")
    run = run_of(owner)
    put(owner, f"{run}/a b")
    for place, size in ((f"{run}/a b", len(CONTENT)), ("versions/fraud/1/model.bin", 7)):
        got = owner.ask("GET", f"{API}-artifacts/presigned/{place}")
        assert got.json == {
            "url": f"https://models.example/reg{ARTIFACTS}/{quote(place)}",
            "headers": {"Authorization": f"Bearer {owner.token}"},
            "file_size": size,
        }
        assert got.headers["cache-control"] == "no-store"
    assert refused(owner.ask("GET", f"{API}-artifacts/presigned/{run}/b")) == (404, "RESOURCE_DOES_NOT_EXIST")


def test_readers_at_once_get_whole_files_while_they_are_replaced(owner: Visitor) -> None:
    """Each answer is one of the contents, never a mixture."""
    file = f"{run_of(owner)}/x"
    contents = [noise(200_000, seed) for seed in range(3)]
    put(owner, file, contents[0])

    async def together() -> list[Got]:
        scopes = [owner.scope("GET", f"{ARTIFACTS}/{file}") for _ in range(8)]
        for scope in scopes:
            scope["headers"].append((b"authorization", f"Bearer {owner.token}".encode()))
        reading = asyncio.gather(*(owner.answer(scope) for scope in scopes))
        writing = asyncio.gather(*(asyncio.to_thread(put, owner, file, content) for content in contents))
        await writing
        return await reading

    for got in asyncio.run(together()):
        assert got.status == 200
        assert got.body in contents
