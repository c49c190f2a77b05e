"""Do name and password with every request let in who knows them, at once and no longer than they may?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from holotype.access import passwords, principals, proven
from holotype.access.tables import grants
from holotype.domain.entities import Actor
from holotype.domain.permissions import Permission
from holotype.errors import TooMany, Unauthenticated
from holotype.ledger.tables import ledger_entries
from holotype.operations.authenticate_password import authenticate_password, recognise
from holotype.operations.call import Call
from holotype.operations.revoke_grant import revoke_grant
from tests.support.counting import statements
from tests.support.people import owner
from tests.support.registry import Desk

GOOD, BETTER = "a heron stood by the weir", "forty-two otters and a half"
KEY = proven.key_of(b"ada:a heron stood by the weir")
HOME = "192.0.2.1"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hash cheaply: what a hash costs is argon2's own test."""
    monkeypatch.setattr(passwords, "_MEMORY", 64)
    monkeypatch.setattr(passwords, "_PASSES", 1)
    passwords._hasher.cache_clear()
    passwords._nobody.cache_clear()
    yield
    passwords._hasher.cache_clear()
    passwords._nobody.cache_clear()


@pytest.fixture
def ada(desk: Desk) -> int:
    """A user with a password who may read everything."""
    call = desk.call()
    with call.write() as tx:
        made = principals.create(tx, "ada", "user", call.now)
        principals.grant(tx, made.id, "reader", by="test", now=call.now)
        passwords.put(tx, made.id, passwords.hashed(GOOD), call.now)
    return made.id


def stranger(desk: Desk, seconds: float = 0) -> Call:
    """Return the next call of somebody unknown, so many seconds later."""
    call = desk.call()
    return replace(call, actor=Actor("anonymous"), now=call.now + timedelta(seconds=seconds))


def enter(desk: Desk, password: str = GOOD, name: str = "ada") -> Actor:
    """Come with a name and a password that are not remembered."""
    key = proven.key_of(f"{name}:{password}".encode())
    return authenticate_password(stranger(desk), name, password, key, address=HOME)


def told(desk: Desk, action: str) -> list[Any]:
    """Return what the ledger says about an action."""
    rows = desk.rows(sa.select(ledger_entries).where(ledger_entries.c.action == action))
    return [(row["subject"], row["data"]) for row in rows]


def test_who_is_remembered_has_the_rights_of_the_person(desk: Desk, ada: int) -> None:
    """Not known before the password was given; then the same as with a token, and the ledger says so once."""
    assert recognise(stranger(desk), KEY) is None
    given, again = enter(desk), recognise(stranger(desk), KEY)
    assert given == again
    assert (given.name, given.principal_id, given.token_id) == ("ada", ada, None)
    assert Permission.MODEL_READ in given.permissions
    ((subject, data),) = told(desk, "sign-in.accepted")
    assert subject == "user:ada"
    assert HOME in str(data)
    assert GOOD not in str(desk.rows(sa.select(ledger_entries)))


def test_who_is_remembered_costs_one_statement(desk: Desk, ada: int) -> None:
    """As many as a bearer of a token, and no hash of a password."""
    enter(desk)
    recognise(stranger(desk), KEY)
    with statements(desk.registry.database) as sent:
        recognise(stranger(desk), KEY)
    assert len(sent) == 1


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize(("name", "password"), [("ada", BETTER), ("nobody", GOOD), ("ada", ""), ("", "")])
def test_everybody_else_gets_the_answer_of_a_sign_in(desk: Desk, name: str, password: str) -> None:
    """Whatever is wrong; the refusal is in the ledger, and nothing is remembered."""
    with pytest.raises(Unauthenticated, match=r"^The name or the password is wrong\."):
        enter(desk, password, name)
    assert recognise(stranger(desk), proven.key_of(f"{name}:{password}".encode())) is None
    assert len(told(desk, "sign-in.refused")) == 1


@pytest.mark.usefixtures("ada")
def test_whoever_guesses_has_to_wait(desk: Desk) -> None:
    """After five failures; who is remembered does not, so that nobody locks them out."""
    enter(desk)
    for number in range(9):
        with pytest.raises((Unauthenticated, TooMany)):
            enter(desk, f"{BETTER}{number}")
    with pytest.raises(TooMany):
        authenticate_password(stranger(desk), "ada", GOOD, b"another key", address=HOME)
    assert recognise(stranger(desk), KEY) is not None


def _change_password(desk: Desk, ada: int) -> None:
    with desk.call().write() as tx:
        passwords.put(tx, ada, passwords.hashed(BETTER), desk.call().now)


def _hash_again(desk: Desk, ada: int) -> None:
    with desk.call().write() as tx:
        passwords.put(tx, ada, passwords.hashed(GOOD), desk.call().now)


def _disable(desk: Desk, ada: int) -> None:
    with desk.call().write() as tx:
        principals.change(tx, ada, disabled_at=1)


@pytest.mark.parametrize("change", [_change_password, _hash_again, _disable])
def test_what_ends_ends_at_once(desk: Desk, ada: int, change: Callable[[Desk, int], None]) -> None:
    """Another password, the same one set again, a disabled account: the next request is not let in."""
    enter(desk)
    assert recognise(stranger(desk), KEY) is not None
    change(desk, ada)
    assert recognise(stranger(desk), KEY) is None


def test_a_grant_that_ended_gives_nothing(desk: Desk, ada: int) -> None:
    """The rights are read again when they changed, as for a token."""
    enter(desk)
    (grant,) = desk.rows(sa.select(grants.c.id).where(grants.c.principal_id == ada))
    owner(desk)
    revoke_grant(desk.call(), int(str(grant["id"])))
    found = recognise(stranger(desk), KEY)
    assert found is not None
    assert found.permissions == frozenset()


@pytest.mark.usefixtures("ada")
def test_it_is_remembered_for_a_while(desk: Desk) -> None:
    """A quarter of an hour after the last request, and never longer than a sign-in lasts."""
    enter(desk)
    assert recognise(stranger(desk, 14 * 60), KEY) is not None
    assert recognise(stranger(desk, 28 * 60), KEY) is not None
    assert recognise(stranger(desk, 44 * 60), KEY) is None
    enter(desk)
    for minutes in range(0, 12 * 60, 10):
        assert recognise(stranger(desk, minutes * 60), KEY) is not None, minutes
    assert recognise(stranger(desk, 12 * 3600 + 60), KEY) is None


@pytest.mark.usefixtures("ada")
def test_only_so_many_are_remembered(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first gives way."""
    monkeypatch.setattr(proven, "_MOST", 2)
    engine, now = desk.registry.database.engine, desk.call().now
    for key in (b"a", b"b", b"c"):
        proven.remember(engine, key, proven.Proof(1, "x", now + timedelta(hours=1), now))
    assert [proven.recall(engine, key, now) is not None for key in (b"a", b"b", b"c")] == [False, True, True]
