"""Do passwords let in who knows them, and nobody who tries?"""

from __future__ import annotations

import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from holotype.access import attempts, identities, passwords, principals
from holotype.access.sign_in_tables import passwords as password_rows
from holotype.access.sign_in_tables import sign_in_attempts
from holotype.domain.entities import Actor
from holotype.domain.permissions import ROLES
from holotype.errors import Denied, HolotypeError, Invalid, TooMany, Unauthenticated
from holotype.ledger.tables import ledger_entries
from holotype.operations.authenticate import authenticate
from holotype.operations.call import Call
from holotype.operations.create_set_up import create_set_up
from holotype.operations.create_token import create_token
from holotype.operations.set_password import set_password
from holotype.operations.sign_in import sign_in
from holotype.operations.sign_out import sign_out
from holotype.operations.use_set_up import use_set_up
from tests.support.registry import Desk

GOOD, BETTER = "a heron stood by the weir", "forty-two otters and a half"
HOME, AWAY = "192.0.2.1", "198.51.100.7"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash cheaply: what a hash costs is argon2's own test."""
    monkeypatch.setattr(passwords, "_MEMORY", 64)
    monkeypatch.setattr(passwords, "_PASSES", 1)
    passwords._hasher.cache_clear()
    passwords._nobody.cache_clear()


def person(desk: Desk, name: str = "ada", password: str | None = GOOD) -> Call:
    """Make a user, with a password, who may read everything; return a call of theirs without a token."""
    call = desk.call()
    with call.write() as tx:
        made = principals.create(tx, name, "user", call.now)
        principals.grant(tx, made.id, "reader", by="test", now=call.now)
        if password is not None:
            passwords.put(tx, made.id, passwords.hashed(password), call.now)
    return replace(call, actor=Actor(name, made.id, ROLES["reader"]))


def stranger(desk: Desk, seconds: float = 0) -> Call:
    """Return the next call of somebody unknown, so many seconds later."""
    call = desk.call()
    return replace(call, actor=Actor("anonymous"), now=call.now + timedelta(seconds=seconds))


def ledger(desk: Desk, action: str) -> list[str]:
    """Return what the ledger says about an action."""
    rows = desk.rows(sa.select(ledger_entries).where(ledger_entries.c.action == action))
    return [f"{row['subject']} {row['data']}" for row in rows]


def test_a_password_gives_a_token_that_ends(desk: Desk) -> None:
    """With the rights of the person, for twelve hours; the ledger says who, from where, and not with what."""
    person(desk)
    call = stranger(desk)
    found = sign_in(call, "ada", GOOD, address=HOME)
    assert found.expires_at - call.now == timedelta(hours=12)
    assert authenticate(desk.call(), found.secret).permissions == ROLES["reader"]
    with pytest.raises(Unauthenticated, match="expired"):
        authenticate(replace(call, now=found.expires_at), found.secret)
    (told,) = ledger(desk, "sign-in.accepted")
    assert told.startswith("user:ada")
    assert HOME in told
    everything = f"{desk.rows(sa.select(ledger_entries))}{desk.rows(sa.select(password_rows))}"
    assert GOOD not in everything
    assert found.secret not in everything


@pytest.mark.parametrize(
    ("name", "password"),
    [("ada", BETTER), ("ada", ""), ("ada", GOOD + "\0"), ("nobody", GOOD), (GOOD, GOOD), ("", ""), ("a\nb", "x"),
     ("x" * 10_000, "y" * 100_000), ("nopassword", GOOD), ("robot", GOOD), ("disabled", GOOD), ("\ud800", "\ud800")],
    ids=repr,
)  # fmt: skip
def test_everybody_else_gets_the_same_answer(desk: Desk, name: str, password: str) -> None:
    """Whether the name is unknown, has no password, is a service or disabled; and no typed word is kept."""
    person(desk)
    person(desk, "nopassword", None)
    person(desk, "disabled")
    call = desk.call()
    with call.write() as tx:
        principals.create(tx, "robot", "service", call.now)
        found = principals.by_name(tx, "disabled")
        assert found is not None
        principals.change(tx, found.id, disabled_at=1)
    with pytest.raises(
        Unauthenticated, match=r"^The name or the password is wrong\. Try again, or ask an administrator\.$"
    ):
        sign_in(stranger(desk), name, password, address=HOME)
    kept = f"{desk.rows(sa.select(ledger_entries))}{desk.rows(sa.select(sign_in_attempts))}"
    assert GOOD not in kept
    assert "x" * 100 not in kept


def test_an_unknown_name_costs_the_same_work(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """One comparison of one hash, with the costs of everybody's."""
    person(desk)
    seen: list[str] = []
    hasher = passwords._hasher()

    class Watching:
        """Says which hashes were compared."""

        def verify(self, kept: str, password: str) -> bool:
            seen.append(kept.rpartition("$p=")[0])
            return hasher.verify(kept, password)

        def hash(self, password: str) -> str:
            return hasher.hash(password)

    passwords._nobody()
    monkeypatch.setattr(passwords, "_hasher", Watching)
    for name in ("ada", "nobody"):
        with pytest.raises(Unauthenticated):
            sign_in(stranger(desk), name, BETTER, address=HOME)
    assert len(seen) == 2
    assert seen[0] == seen[1]


def test_whoever_guesses_has_to_wait(desk: Desk) -> None:
    """After five failures for one account from one address; the wait ends, and the answer says when."""
    person(desk)
    call = stranger(desk)
    for _ in range(6):
        with pytest.raises(Unauthenticated):
            sign_in(call, "ada", BETTER, address=HOME)
    with pytest.raises(TooMany) as refused:
        sign_in(call, "ada", GOOD, address=HOME)
    assert 0 < refused.value.seconds <= 300
    assert sign_in(stranger(desk, 600), "ada", GOOD, address=HOME).principal == "ada"


def test_an_unknown_name_has_to_wait_too(desk: Desk) -> None:
    """Otherwise the waiting would tell which names there are."""
    person(desk)
    for name in ("ada", "nobody"):
        call, told = stranger(desk), []
        for _ in range(8):
            with pytest.raises(HolotypeError) as refused:
                sign_in(call, name, BETTER, address=f"203.0.113.{len(name)}")
            told.append(type(refused.value).__name__)
        assert told == ["Unauthenticated"] * 6 + ["TooMany"] * 2


def test_one_address_cannot_try_all_accounts(desk: Desk) -> None:
    """Twenty failures are free, whatever the names; another address is not concerned."""
    person(desk)
    call = stranger(desk)
    for number in range(21):
        with pytest.raises(Unauthenticated):
            sign_in(call, f"name{number}", BETTER, address="2001:db8::1")
    with pytest.raises(TooMany):
        sign_in(call, "other", BETTER, address="2001:db8::ffff")
    assert sign_in(call, "ada", GOOD, address=HOME).principal == "ada"


def test_nobody_can_lock_somebody_else_out(desk: Desk) -> None:
    """Failures from everywhere make a short pause, and none at all where the owner has signed in from lately."""
    person(desk)
    sign_in(stranger(desk), "ada", GOOD, address=HOME)
    call = stranger(desk, 60)
    for number in range(11):
        with pytest.raises(Unauthenticated):
            sign_in(call, "ada", BETTER, address=f"198.51.100.{number}")
    with pytest.raises(TooMany) as refused:
        sign_in(call, "ada", GOOD, address="203.0.113.9")
    assert refused.value.seconds <= 30
    assert sign_in(call, "ada", GOOD, address=HOME).principal == "ada"


def test_many_tries_at_once_do_not_slip_through(desk: Desk) -> None:
    """What is counted is counted before the password is looked at."""
    person(desk)
    call = stranger(desk)

    def attempt(_number: int) -> str:
        try:
            sign_in(call, "ada", BETTER, address=HOME)
        except HolotypeError as error:
            return error.code
        return "in"

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(attempt, range(40)))
    assert found.count("unauthenticated") == 6
    assert found.count("too-many") == 34


def test_a_right_password_forgives(desk: Desk) -> None:
    """Whoever mistypes four times and then not starts at none."""
    person(desk)
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(Unauthenticated):
                sign_in(stranger(desk), "ada", BETTER, address=HOME)
        sign_in(stranger(desk), "ada", GOOD, address=HOME)


@pytest.mark.parametrize(
    "bad",
    ["short", "x" * 1_025, "é" * 600, "aaaaaaaaaaaaaa", "ada-lovelace-1", "a good one\0 with nul", "line\nbreak in it"],
)
def test_a_bad_password_is_refused_and_not_repeated(desk: Desk, bad: str) -> None:
    """Too short, too long, the name, control characters."""
    call = person(desk, "ada-lovelace-1")
    with pytest.raises(Invalid) as refused:
        set_password(call, bad, old=GOOD)
    assert bad not in str(refused.value)


def test_a_password_is_changed_with_the_old_one(desk: Desk) -> None:
    """Everybody else who is signed in is signed out; tries with a wrong old one are counted."""
    call = person(desk)
    mine = sign_in(stranger(desk), "ada", GOOD, address=HOME)
    other = sign_in(stranger(desk), "ada", GOOD, address=AWAY)
    me = replace(desk.call(), actor=authenticate(desk.call(), mine.secret))
    for old in (None, BETTER):
        with pytest.raises((Invalid, Unauthenticated)):
            set_password(me, BETTER, old=old)
    set_password(me, BETTER, old=GOOD)
    assert authenticate(desk.call(), mine.secret).name == "ada"
    with pytest.raises(Unauthenticated, match="revoked"):
        authenticate(desk.call(), other.secret)
    with pytest.raises(Unauthenticated):
        sign_in(stranger(desk), "ada", GOOD, address=HOME)
    for _ in range(6):
        with pytest.raises(Unauthenticated):
            set_password(call, GOOD, old="not it at all")
    with pytest.raises(TooMany):
        set_password(call, GOOD, old=BETTER)


def test_a_narrow_token_makes_no_first_password(desk: Desk) -> None:
    """A reader's token that leaked must not become a sign-in; a token as wide as its bearer may."""
    call = person(desk, password=None)
    _, secret = create_token(call, "leaked", role="reader")
    narrow = replace(desk.call(), actor=authenticate(desk.call(), secret))
    with pytest.raises(Denied, match="first password"):
        set_password(narrow, GOOD)


def test_a_set_up_works_once(desk: Desk) -> None:
    """For two days, for one user; a second one ends the first; no secret is kept."""
    person(desk, password=None)
    stale, _ = create_set_up(desk.call(), "ada")
    secret, ends = create_set_up(desk.call(), "ada")
    assert ends - desk.call().now <= timedelta(hours=48)
    for wrong in (stale, "setup_x", ""):
        with pytest.raises(Unauthenticated, match="not known"):
            use_set_up(stranger(desk), wrong, GOOD, address=HOME)
    with pytest.raises(Unauthenticated, match="not known"):
        use_set_up(stranger(desk, 49 * 3_600), secret, GOOD, address=HOME)
    with pytest.raises(Invalid):
        use_set_up(stranger(desk), secret, "short", address=HOME)
    assert use_set_up(stranger(desk), secret, GOOD, address=HOME).principal == "ada"
    with pytest.raises(Unauthenticated, match="not known"):
        use_set_up(stranger(desk), secret, BETTER, address=HOME)
    assert sign_in(stranger(desk), "ada", GOOD, address=HOME).principal == "ada"
    assert secret not in f"{desk.rows(sa.select(ledger_entries))}"


def test_hashes_follow_the_costs(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sign-in after the costs were raised keeps a new hash of the same password."""
    person(desk)
    before = desk.rows(sa.select(password_rows))[0]["hash"]
    monkeypatch.setattr(passwords, "_PASSES", 2)
    passwords._hasher.cache_clear()
    sign_in(stranger(desk), "ada", GOOD, address=HOME)
    after = desk.rows(sa.select(password_rows))[0]["hash"]
    assert after != before
    assert "t=2" in str(after)
    assert sign_in(stranger(desk), "ada", GOOD, address=HOME).principal == "ada"


def test_a_password_is_the_same_on_every_keyboard(desk: Desk) -> None:
    """Composed and decomposed letters are one."""
    person(desk, password="caf\u00e9 au lait, s'il")
    assert sign_in(stranger(desk), "ada", "cafe\u0301 au lait, s'il", address=HOME).principal == "ada"


def test_what_counts_no_more_is_forgotten(desk: Desk) -> None:
    """After a quarter of an hour, but for the addresses that an account is known from."""
    person(desk)
    sign_in(stranger(desk), "ada", GOOD, address=HOME)
    with pytest.raises(Unauthenticated):
        sign_in(stranger(desk), "ada", BETTER, address=AWAY)
    later = stranger(desk, 3_600)
    with later.write() as tx:
        attempts.forget(tx, later.now)
    assert [str(row["key"]).split()[0] for row in desk.rows(sa.select(sign_in_attempts))] == ["known"]


def test_refusals_are_written_once_a_minute(desk: Desk) -> None:
    """Somebody who tries all the time cannot fill the ledger."""
    person(desk)
    for number in range(20):
        with pytest.raises(Unauthenticated):
            sign_in(stranger(desk), f"guess{number}", BETTER, address=f"192.0.2.{number}")
    assert len(ledger(desk, "sign-in.refused")) == 1


def test_a_fresh_sign_in_may_make_a_token_that_outlives_it(desk: Desk) -> None:
    """Within the hour; later, and from any other token, a token ends with the one that made it."""
    person(desk)
    found = sign_in(stranger(desk), "ada", GOOD, address=HOME)
    for seconds, days in ((60, 90), (3_700, 1)):
        call = stranger(desk, seconds)
        made, secret = create_token(replace(call, actor=authenticate(call, found.secret)), "ci", expires_in_days=90)
        assert made.expires_at is not None
        assert (made.expires_at - call.now).days == (days if days == 90 else 0)
    weak = replace(call, actor=authenticate(call, secret))
    later, _ = create_token(weak, "later", expires_in_days=90)
    assert later.expires_at == found.expires_at


def test_signing_out_takes_nothing_but_the_token(desk: Desk) -> None:
    """Also for somebody without a single right; a second time there is nothing to end."""
    person(desk)
    with desk.call().write() as tx:
        tx.execute(sa.text("DELETE FROM grants WHERE created_by = 'test'"))
    found = sign_in(stranger(desk), "ada", GOOD, address=HOME)
    sign_out(stranger(desk), found.secret)
    with pytest.raises(Unauthenticated, match="revoked"):
        sign_out(stranger(desk), found.secret)


@pytest.mark.parametrize("letter", ["\ufdfa", "\ufb03"], ids=["eighteenfold", "threefold"])
def test_a_huge_password_is_not_made_larger(desk: Desk, letter: str) -> None:
    """Unicode's compatibility forms make eight megabytes a hundred and fifty: what is too long is not looked at."""
    person(desk)
    long = letter * 2_000_000
    tracemalloc.start()
    try:
        with pytest.raises(Unauthenticated):
            sign_in(stranger(desk), "ada", long, address=HOME)
        with pytest.raises(Invalid):
            set_password(person(desk, "bob", None), long)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("expected", "came"), [("kim@acme.org", "\u212aim@acme.org"), ("strasse@acme.org", "stra\u00dfe@acme.org")]
)
def test_an_address_that_only_looks_alike_is_another(desk: Desk, expected: str, came: str) -> None:
    """Unicode's folding makes one of both; here the second belongs to somebody else, and the case still counts not."""
    call = person(desk)
    with call.write() as tx:
        assert identities.link(tx, 1, "https://i.example", subject=None, email=expected, by="test", now=call.now)
        assert identities.settle(tx, "https://i.example", came, "thief") is None
        assert identities.settle(tx, "https://i.example", expected.upper(), "owner") == 1
