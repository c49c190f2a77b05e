"""Which answers does a server give again without finding them out? Those that nothing has changed since."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from holotype import db
from holotype.artifacts.store import open_store
from holotype.db import Database
from holotype.domain import digest
from holotype.errors import Unavailable
from holotype.gateways import mlflow, native, remembered
from holotype.operations.call import Registry
from holotype.operations.migrate import migrate
from holotype.settings import Settings
from tests.support.asgi import Visitor, owner_of
from tests.support.counting import statements

ROOT, MLFLOW = "/api/v1", "/api/2.0/mlflow"
FRAUD = f"{ROOT}/models/default/fraud"
CONTENTS = (b"weights", b"other weights")
QUESTIONS = {
    f"{ROOT}/resolve": "reference=default/fraud:champion",
    f"{FRAUD}/versions/champion": "",
    f"{MLFLOW}/model-versions/get": "name=fraud&version=1",
    f"{MLFLOW}/registered-models/alias": "name=fraud&alias=champion",
    f"{MLFLOW}/registered-models/get": "name=fraud",
    f"/mlflow/default{MLFLOW}/registered-models/get": "name=fraud",
}


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database."""
    made = db.connect(database_url)
    migrate(made)
    yield made
    made.close()


@pytest.fixture
def owner(database: Database, tmp_path: Path) -> Visitor:
    """The owner of a registry with two versions, of which the first is the champion."""
    return stocked(database, tmp_path)


@pytest.fixture
def remembering(tmp_path: Path) -> Iterator[Visitor]:
    """The same in SQLite."""
    made = db.connect(f"sqlite:///{tmp_path / 'holotype.db'}")
    migrate(made)
    yield stocked(made, tmp_path)
    made.close()


def stocked(database: Database, tmp_path: Path) -> Visitor:
    """Fill a registry."""
    registry = Registry(database, open_store(tmp_path / "blobs"), Settings(data=tmp_path))
    visitor = owner_of(registry)
    for content in CONTENTS:
        headers = {"content-length": str(len(content)), "content-type": "application/octet-stream"}
        name = digest.of(content)
        path = f"{ROOT}/namespaces/default/blobs/{name}"
        assert visitor.ask("PUT", path, content=content, headers=headers).status == 200
        file = {"path": "model.bin", "digest": name, "size": len(content)}
        assert visitor.ask("POST", f"{FRAUD}/versions", {"files": [file]}).status == 201
    assert visitor.ask("PUT", f"{FRAUD}/aliases/champion", {"version": "1"}).status == 200
    return visitor


def test_the_questions_here_are_those_of_the_marked_routes() -> None:
    """Whoever marks a route asks it below."""
    handlers = [*native.routes(), *mlflow.routes()]
    marked = {path for one in handlers if remembered._OPTION in one.opt for path in one.paths}
    asked = {path.replace("default/fraud", "{namespace:str}/{model:str}") for path in QUESTIONS}
    asked = {path.replace("versions/champion", "versions/{label:str}") for path in asked}
    asked |= {f"/mlflow/default{path}" for path in asked if path.startswith(MLFLOW)}
    asked = {path.replace("/mlflow/default", "/mlflow/{namespace:str}") for path in asked}
    assert {path.replace("/ajax-api/", "/api/") for path in marked} == asked


@pytest.mark.parametrize("path", QUESTIONS)
def test_who_asks_again_gets_the_same_without_a_search(owner: Visitor, database: Database, path: str) -> None:
    """On SQLite, one look says that nothing was committed; the id of the request is its own."""
    first = owner.ask("GET", path, query=QUESTIONS[path])
    with statements(database) as sent:
        second = owner.ask("GET", path, query=QUESTIONS[path], headers={"x-request-id": "again"})
    assert (first.status, first.body) == (200, second.body)
    assert first.headers | {"x-request-id": "again"} == second.headers
    if database.dialect == "sqlite":
        assert [text for text, _ in sent] == ["PRAGMA data_version"]
    else:
        assert len(sent) > 1


@pytest.mark.parametrize("path", QUESTIONS)
def test_what_changed_is_seen_at_once(owner: Visitor, database_url: str, path: str) -> None:
    """Whether this server changed it, or another process with the same database."""
    before = owner.ask("GET", path, query=QUESTIONS[path])
    assert owner.ask("PATCH", FRAUD, {"description": "better"}).status == 200
    assert owner.ask("PATCH", f"{FRAUD}/versions/1", {"description": "better"}).status == 200
    after = owner.ask("GET", path, query=QUESTIONS[path])
    assert after.body != before.body
    other = db.connect(database_url)
    with other.write() as tx:
        tx.exec_driver_sql("UPDATE models SET created_by = 'grace'")
        tx.exec_driver_sql("UPDATE versions SET created_by = 'grace'")
    other.close()
    assert b"grace" in owner.ask("GET", path, query=QUESTIONS[path]).body


@pytest.mark.parametrize("path", QUESTIONS)
def test_a_revoked_token_gets_nothing_that_is_remembered(owner: Visitor, path: str) -> None:
    """From the next request on."""
    made = owner.ask("POST", f"{ROOT}/tokens", {"name": "ci"}).json
    other = Visitor(owner.app, made["secret"])
    assert [other.ask("GET", path, query=QUESTIONS[path]).status for _ in range(2)] == [200, 200]
    assert owner.ask("DELETE", f"{ROOT}/tokens/{made['token']['id']}").status == 204
    assert other.ask("GET", path, query=QUESTIONS[path]).status == 401


@pytest.mark.parametrize("path", QUESTIONS)
def test_a_token_that_has_expired_is_looked_at_again(
    remembering: Visitor, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though nobody commits anything when a token expires."""
    made = remembering.ask("POST", f"{ROOT}/tokens", {"name": "ci", "expires_in_days": 1}).json
    other, until = Visitor(remembering.app, made["secret"]), datetime.fromisoformat(made["token"]["expires_at"])
    assert other.ask("GET", path, query=QUESTIONS[path]).status == 200
    for moment, remembers in ((until - timedelta(microseconds=1), True), (until, False)):
        monkeypatch.setattr(remembered.times, "now", lambda moment=moment: moment)
        with statements(remembering.app.registry.database) as sent:
            other.ask("GET", path, query=QUESTIONS[path])
        assert (len(sent) == 1) is remembers


@pytest.mark.parametrize("path", QUESTIONS)
def test_nobody_is_given_what_another_was_answered(owner: Visitor, path: str) -> None:
    """A stranger, somebody without a token, with two of them, and one that is spelt otherwise."""
    query = QUESTIONS[path]
    assert owner.ask("GET", path, query=query).status == 200
    assert owner.ask("POST", f"{ROOT}/services", {"name": "bot"}).status == 201
    made = owner.ask("POST", f"{ROOT}/tokens", {"name": "bot-token", "principal": "bot"}).json
    assert owner.ask("GET", path, query=query).status == 200
    assert Visitor(owner.app, made["secret"]).ask("GET", path, query=query).status in {403, 404}
    assert Visitor(owner.app).ask("GET", path, query=query).status == 401
    assert Visitor(owner.app, f"{owner.token}x").ask("GET", path, query=query).status == 401


def test_other_headers_are_another_question(owner: Visitor) -> None:
    """Such as the one by which a caller says what it has."""
    path, query = f"{ROOT}/resolve", "reference=default/fraud:champion"
    first = owner.ask("GET", path, query=query)
    assert owner.ask("GET", path, query=query, headers={"if-none-match": first.headers["etag"]}).status == 304
    assert owner.ask("GET", path, query=query).status == 200
    got = owner.ask("GET", f"{MLFLOW}/model-versions/get", query="name=fraud&version=1")
    assert got.status == 200
    elsewhere = {"x-mlflow-workspace": "nowhere"}
    got = owner.ask("GET", f"{MLFLOW}/model-versions/get", query="name=fraud&version=1", headers=elsewhere)
    assert got.status == 404


def test_a_refusal_is_found_out_again(owner: Visitor) -> None:
    """What is not there may be there next time, and a refusal is written down each time."""
    path = f"{FRAUD}/versions/challenger"
    assert [owner.ask("GET", path).status for _ in range(2)] == [404, 404]
    assert owner.ask("PUT", f"{FRAUD}/aliases/challenger", {"version": "2"}).status == 200
    assert owner.ask("GET", path).status == 200


def test_an_answer_that_was_overtaken_is_not_kept(remembering: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit between question and answer makes the answer one of before."""
    path, query = f"{ROOT}/resolve", "reference=default/fraud:champion"
    find = remembered.Remembering._keep

    def overtaken(self: remembered.Remembering, question: remembered.Question, kept: remembered.Kept) -> None:
        monkeypatch.undo()
        with ThreadPoolExecutor(1) as other:
            assert other.submit(moves).result() == 200
        find(self, question, kept)

    def moves() -> int:
        return remembering.ask("PUT", f"{FRAUD}/aliases/champion", {"version": "2"}).status

    monkeypatch.setattr(remembered.Remembering, "_keep", overtaken)
    assert remembering.ask("GET", path, query=query).json["number"] == 1
    assert remembering.ask("GET", path, query=query).json["number"] == 2


@pytest.mark.parametrize("headers", [{}, {"content-type": "application/json"}], ids=["bare", "typed"])
def test_a_question_in_a_body_is_asked_each_time(remembering: Visitor, headers: dict[str, str]) -> None:
    """A client of MLflow's may send what it asks as the body of a GET, as long as another one."""
    path = f"{MLFLOW}/model-versions/get"
    for version in ("1", "2", "1"):
        body = f'{{"name": "fraud", "version": "{version}"}}'.encode()
        got = remembering.ask("GET", path, content=body, headers=headers)
        assert (got.status, got.json["model_version"]["version"]) == (200, version)


def test_only_so_many_bytes_are_kept(remembering: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many different questions come, and however long they are."""
    monkeypatch.setattr(remembered, "_MOST", 8_000)
    kept = []
    for number in range(20):
        headers = {"x-number": str(number) * 1_000}
        assert remembering.ask("GET", f"{FRAUD}/versions/1", headers=headers).status == 200
        kept.append(sum(len(one.body) + len(key) for key, one in remembering.app.app._kept.items()))  # type: ignore[attr-defined]
    assert 0 < max(kept) < 8_000


def test_a_database_that_fails_is_told_of_as_before(remembering: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """What needs none of it is answered, whoever asks; what does is answered by what went wrong."""

    def broken(_self: Database) -> object:
        raise Unavailable("The database does not answer.")

    monkeypatch.setattr(Database, "stamp", broken)
    assert remembering.ask("GET", "/healthz").status == 200
    assert remembering.ask("GET", f"{FRAUD}/versions/1").status == 503
