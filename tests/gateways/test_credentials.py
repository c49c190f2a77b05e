"""Whose credentials are taken where, and do they cost what a token costs?"""

from __future__ import annotations

import asyncio
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from holotype import db
from holotype.access import passwords, principals
from holotype.access.sign_in_tables import sign_in_attempts
from holotype.artifacts.store import open_store
from holotype.gateways import credentials
from holotype.gateways.exchange import ANONYMOUS
from holotype.operations.bootstrap import bootstrap
from holotype.operations.call import Call, Registry
from holotype.operations.migrate import migrate
from holotype.settings import Settings
from tests.support.asgi import Got, Visitor, front_of

GOOD = "a heron: stood by the wéir"
PLACE = "/api/3.0/mlflow/workspaces"


def basic(name: str, password: str) -> dict[str, str]:
    """Return the header that MLflow's clients send."""
    return {"authorization": "Basic " + b64encode(f"{name}:{password}".encode()).decode()}


@pytest.fixture
def owner(database_url: str, tmp_path: Path) -> Iterator[Visitor]:
    """The owner of a registry in which ada, with a password, may read everything."""
    database = db.connect(database_url)
    migrate(database)
    registry = Registry(database, open_store(tmp_path / "blobs"), Settings(data=tmp_path))
    call = Call(registry, ANONYMOUS)
    secret = bootstrap(call, leave_token=True)
    with call.write() as tx:
        made = principals.create(tx, "ada", "user", call.now)
        principals.grant(tx, made.id, "reader", by="test", now=call.now)
        passwords.put(tx, made.id, passwords.hashed(GOOD), call.now)
    yield Visitor(front_of(registry), secret)
    database.close()


@pytest.fixture
def stranger(owner: Visitor) -> Visitor:
    """Somebody who brings no token."""
    return Visitor(owner.app)


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Note when passwords are compared."""
    seen: list[float] = []
    matches = passwords.matches

    def noted(password: str, kept: str | None) -> bool:
        seen.append(time.monotonic())
        return matches(password, kept)

    monkeypatch.setattr(passwords, "matches", noted)
    return seen


def scope(visitor: Visitor, password: str) -> dict[str, Any]:
    """Return the scope of a request that brings ada's name and a password."""
    made, header = visitor.scope("GET", PLACE), basic("ada", password)["authorization"]
    return made | {"headers": [*made["headers"], (b"authorization", header.encode())]}


def refused(got: Got) -> str:
    """Return the code of a refusal that asks for credentials."""
    assert got.status == 401
    assert got.headers["www-authenticate"] == 'Basic realm="mlflow"'
    return str(got.json["error_code"])


def test_a_password_counts_at_mlflows_addresses_alone(stranger: Visitor) -> None:
    """With a colon and a letter beyond ASCII in it; native routes take tokens only."""
    assert stranger.ask("GET", PLACE, headers=basic("ada", GOOD)).status == 200
    native = stranger.ask("GET", "/api/v1/namespaces", headers=basic("ada", GOOD))
    assert (native.status, native.code) == (401, "unauthenticated")
    assert native.headers["www-authenticate"].startswith("Bearer")


def test_a_token_counts_as_a_password_under_any_name(owner: Visitor, stranger: Visitor, compared: list[float]) -> None:
    """Without a hash; one that was revoked is refused as a token is."""
    made = owner.ask("POST", "/api/v1/tokens", {"name": "ci", "role": "reader"}).json
    for name in ("ada", "", "token", "ci", "nobody at all"):
        assert stranger.ask("GET", PLACE, headers=basic(name, made["secret"])).status == 200
    assert owner.ask("DELETE", f"/api/v1/tokens/{made['token']['id']}").status == 204
    got = stranger.ask("GET", PLACE, headers=basic("ada", made["secret"]))
    assert refused(got) == "UNAUTHENTICATED"
    assert "revoked" in got.json["message"]
    assert compared == []


def test_a_password_is_compared_once(stranger: Visitor, compared: list[float]) -> None:
    """And not for every request, nor for another address of the same client."""
    for number in range(5):
        forwarded = {"x-forwarded-for": f"192.0.2.{number}"}
        assert stranger.ask("GET", PLACE, headers=basic("ada", GOOD) | forwarded).status == 200
    assert len(compared) == 1


@pytest.mark.parametrize(
    "header",
    ["Basic", "Basic ", "Basic !!!", "Basic YWRh", "Basic /w==", "Basic YWRhOg==", "Basic " + "QUFB" * 5_000,
     "Digest x", "basic", "Basic  ", "Basic YWRhOng= extra", "Negotiate", ""],
    ids=lambda header: header[:20],
)  # fmt: skip
def test_what_is_no_credentials_is_refused(stranger: Visitor, header: str) -> None:
    """Not Base64, no colon, not UTF-8, no password, too long, another scheme."""
    assert refused(stranger.ask("GET", PLACE, headers={"authorization": header})) == "UNAUTHENTICATED"


def test_wrong_ones_are_refused_alike_and_counted(stranger: Visitor, compared: list[float]) -> None:
    """Unknown name or wrong password: the same words and the same work; then a pause, which is told in seconds."""
    wrong = [stranger.ask("GET", PLACE, headers=basic(name, "not the password")) for name in ("ada", "nobody")]
    assert [refused(got) for got in wrong] == ["UNAUTHENTICATED"] * 2
    assert wrong[0].json == wrong[1].json
    assert len(compared) == 2
    for number in range(8):
        last = stranger.ask("GET", PLACE, headers=basic("ada", f"guess number {number}"))
    assert (last.status, last.json["error_code"]) == (429, "REQUEST_LIMIT_EXCEEDED")
    assert int(last.headers["retry-after"]) > 0
    assert stranger.ask("GET", PLACE, headers=basic("ada", GOOD)).status == 429


def test_many_requests_at_once_wait_for_one_look(owner: Visitor, compared: list[float]) -> None:
    """A client that begins with many connections is neither slowed down nor taken for somebody who guesses."""

    def ask(password: str) -> list[int]:
        async def together() -> list[int]:
            answers = []
            for _ in range(30):
                scope = owner.scope("GET", PLACE)
                scope["headers"] = [
                    *scope["headers"],
                    (b"authorization", basic("ada", password)["authorization"].encode()),
                ]
                answers.append(owner.answer(scope))
            return [got.status for got in await asyncio.gather(*answers)]

        return asyncio.run(together())

    assert ask(GOOD) == [200] * 30
    assert len(compared) == 1
    assert ask("another password") == [401] * 30
    assert len(compared) == 2
    assert credentials._under_way == {}


def test_who_leaves_does_not_take_the_answer_along(owner: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The request that came first is cancelled; the others get their answer."""
    matches, going = passwords.matches, threading.Event()

    def slow(password: str, kept: str | None) -> bool:
        going.wait(5)
        return matches(password, kept)

    monkeypatch.setattr(passwords, "matches", slow)

    async def together() -> int:
        first = asyncio.create_task(owner.answer(scope(owner, GOOD)))
        second = asyncio.create_task(owner.answer(scope(owner, GOOD)))
        await asyncio.sleep(0.1)
        first.cancel()
        await asyncio.sleep(0.1)
        going.set()
        return (await second).status

    assert asyncio.run(together()) == 200


@pytest.mark.parametrize("telling", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
                                     {"origin": "https://evil.example"}, {"origin": "null"},
                                     {"origin": "http://["}])  # fmt: skip
def test_a_page_of_another_site_cannot_use_what_a_browser_remembers(stranger: Visitor, telling: dict[str, str]) -> None:
    """A browser sends Basic credentials along by itself; it also says for whom."""
    got = stranger.ask("GET", PLACE, headers=basic("ada", GOOD) | telling)
    assert (got.status, got.json["error_code"]) == (403, "PERMISSION_DENIED")
    own = {"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:7878"}
    assert stranger.ask("GET", PLACE, headers=basic("ada", GOOD) | own).status == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_what_a_form_can_send_is_never_read(owner: Visitor, kind: str) -> None:
    """Those are the kinds that a page may send to any other site."""
    got = owner.ask("POST", PLACE, {"name": "risk"}, headers={"content-type": kind})
    assert (got.status, got.json["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


def test_nothing_typed_is_kept(stranger: Visitor) -> None:
    """No part of a name that is none, and no password, in the tables of the tries."""
    stranger.ask("GET", PLACE, headers=basic(GOOD, "mistaken for each other"))
    with stranger.app.registry.database.read() as tx:
        kept = str(tx.execute(sa.select(sign_in_attempts)).all())
    assert "heron" not in kept
