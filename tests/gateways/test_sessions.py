"""What becomes of a browser's session that is over, and which sessions end with a new password?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from holotype.access import passwords, principals
from holotype.access.tables import tokens
from holotype.domain import times
from holotype.gateways.exchange import ANONYMOUS
from holotype.gateways.front import Front
from holotype.operations.call import Call
from holotype.operations.sign_in import sign_in
from holotype.web.sessions import Session
from tests.support.asgi import Got, Visitor, front_of
from tests.support.registry import Desk, open_desk

GOOD, BETTER = "a heron stood by the weir", "forty-two otters and a half"
HTML = {"accept": "text/html"}


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash cheaply: what a hash costs is argon2's own test."""
    monkeypatch.setattr(passwords, "_MEMORY", 64)
    monkeypatch.setattr(passwords, "_PASSES", 1)
    passwords._hasher.cache_clear()
    passwords._nobody.cache_clear()


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A registry on each database, with somebody who has a password."""
    with open_desk(database_url, tmp_path / "blobs") as opened:
        call = opened.call()
        with call.write() as tx:
            made = principals.create(tx, "ada", "user", call.now)
            principals.grant(tx, made.id, "admin", by="test", now=call.now)
            passwords.put(tx, made.id, passwords.hashed(GOOD), call.now)
        yield opened


def session(desk: Desk, *, over: bool = False) -> Session:
    """Sign ada in, now or so long ago that it is over."""
    call = Call(desk.registry, ANONYMOUS)
    long_ago = replace(call, now=times.from_micros(1_700_000_000_000_000))
    found = sign_in(long_ago if over else call, "ada", GOOD)
    return Session(found.secret, "a-word-of-this-browser", secure=False)


def look(app: Front, browser: Session, place: str) -> Got:
    """Look at a page."""
    return Visitor(app).ask("GET", place, headers=HTML | cookies(browser))


def send(app: Front, browser: Session, place: str, **fields: str) -> Got:
    """Send a form that a page of this very browser had."""
    kind = {"content-type": "application/x-www-form-urlencoded"}
    body = urlencode(fields | {"form_token": browser.form_token()}).encode()
    return Visitor(app).ask("POST", place, content=body, headers=HTML | kind | cookies(browser))


def cookies(browser: Session) -> dict[str, str]:
    """Return the header of a browser's cookies."""
    return {"cookie": f"holotype_session={browser.secret}; holotype_form={browser.word}"}


def test_a_session_that_is_over_leads_to_the_sign_in_and_changes_nothing(desk: Desk) -> None:
    """Neither a page nor a form that was open when it ended; the same form of a session that goes on is taken."""
    app = front_of(desk.registry)
    over, now = session(desk, over=True), session(desk)
    got = look(app, over, "/models")
    assert (got.status, got.headers["location"], got.body) == (303, "/sign-in?next=%2Fmodels", b"")
    for browser, name in ((over, "too-late"), (now, "in-time")):
        got = send(app, browser, "/tokens", name=name)
        assert got.status == (303 if browser is over else 200)
        assert (got.headers.get("location") == "/sign-in") is (browser is over)
    assert names_of(desk, "too-late", "in-time") == ["in-time"]
    assert look(app, now, "/models").status == 200


def test_a_sign_in_begins_another_session_and_ends_the_one_that_was(desk: Desk) -> None:
    """What the browser brought counts no more: neither a session that worked, nor one that somebody planted in it."""
    app, planted = front_of(desk.registry), Session(f"holo_{'x' * 44}", "a-word", secure=False)
    for had in (session(desk), planted):
        before = set(secrets_of(desk))
        got = send(app, had, "/sign-in", name="ada", password=GOOD)
        assert (got.status, got.headers["location"]) == (303, "/")
        (made,) = set(secrets_of(desk)) - before
        assert made not in str(had.secret)
        assert look(app, had, "/models").headers["location"] == "/sign-in?next=%2Fmodels"


def secrets_of(desk: Desk) -> list[str]:
    """Return the ids of all tokens, each of which its secret begins with."""
    return [str(row["id"]) for row in desk.rows(sa.select(tokens.c.id))]


def names_of(desk: Desk, *wanted: str) -> list[str]:
    """Return which of some tokens there are."""
    return [str(row["name"]) for row in desk.rows(sa.select(tokens.c.name).where(tokens.c.name.in_(wanted)))]


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(desk: Desk) -> None:
    """A wrong old password, or two that differ, end none."""
    app = front_of(desk.registry)
    here, there = session(desk), session(desk)
    for old, again in (("wrong", BETTER), (GOOD, f"{BETTER}!")):
        assert send(app, here, "/password", old=old, new=BETTER, again=again).status == 400
    assert look(app, there, "/models").status == 200
    got = send(app, here, "/password", old=GOOD, new=BETTER, again=BETTER)
    assert (got.status, got.headers["location"]) == (303, "/tokens")
    assert look(app, here, "/models").status == 200
    assert look(app, there, "/models").headers["location"] == "/sign-in?next=%2Fmodels"
    assert sign_in(Call(desk.registry, ANONYMOUS), "ada", BETTER).secret
