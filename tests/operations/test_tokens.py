"""Do tokens say who is calling, and never give more than they should?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from holotype.access import principals, rules
from holotype.access.tables import tokens
from holotype.catalogue import namespaces
from holotype.db import connect
from holotype.db.tables import registry as registry_table
from holotype.domain import times
from holotype.domain.entities import Actor
from holotype.domain.permissions import ROLES, Permission
from holotype.errors import Conflict, Denied, IdempotencyMismatch, Invalid, NotFound, Unauthenticated
from holotype.ledger.tables import ledger_entries
from holotype.operations import record_denial as denials
from holotype.operations.authenticate import authenticate
from holotype.operations.bootstrap import bootstrap
from holotype.operations.call import Call
from holotype.operations.create_token import create_token
from holotype.operations.list_tokens import list_tokens
from holotype.operations.record_denial import record_denial
from holotype.operations.revoke_token import revoke_token
from holotype.operations.whoami import whoami
from tests.support import people
from tests.support.counting import statements
from tests.support.people import signed_in
from tests.support.registry import Desk


def owner(desk: Desk) -> Call:
    """Make the registry's owner and return their call."""
    return signed_in(desk, people.owner(desk))


def service(desk: Desk, role: str, namespace: str | None = None) -> Call:
    """Make a principal with one grant, and return the call of its widest token."""
    call = desk.call()
    with call.write() as tx:
        made = principals.create(tx, f"{role}-of-{namespace}", "service", call.now)
        where = None if namespace is None else namespaces.get(tx, namespace).id
        principals.grant(tx, made.id, role, namespace_id=where, by="test", now=call.now)
    rights = ROLES[role]
    actor = Actor(made.name, made.id, rights, namespace)
    _, secret = create_token(replace(call, actor=actor), "all", role=role, scope=namespace or "registry")
    return signed_in(desk, secret)


def test_bootstrap_makes_one_registry_however_often_it_runs(desk: Desk) -> None:
    """One registry row and one owner; a token that works is not replaced."""
    first = bootstrap(desk.call(), leave_token=True)
    assert bootstrap(desk.call(), kept=first, leave_token=True) is None
    second = bootstrap(desk.call(), kept="holo_unknown_secret", leave_token=True)
    assert second is not None
    assert second != first
    assert len(desk.rows(sa.select(registry_table))) == 1
    actions = [row["action"] for row in desk.rows(sa.select(ledger_entries).order_by(ledger_entries.c.sequence))]
    assert actions.count("registry.created") == 1
    assert actions.count("token.created") == 2


def test_the_owner_may_everything(desk: Desk) -> None:
    """The token that the server leaves holds every permission on the registry."""
    found = whoami(owner(desk))
    assert (found.principal, found.scope) == ("owner", "registry")
    assert set(found.permissions) == {one.value for one in Permission}


def test_the_database_holds_no_secret(desk: Desk) -> None:
    """Neither a token's row nor the ledger has the secret in it, in whole or in part."""
    made, secret = create_token(owner(desk), "ci")
    everything = f"{desk.rows(sa.select(tokens))}{desk.rows(sa.select(ledger_entries))}"
    assert made.id in everything
    assert secret.rsplit("_", 1)[1] not in everything


@pytest.mark.parametrize("change", ["other", "short", "empty", "foreign", "huge", "script"])
def test_a_wrong_secret_is_refused(desk: Desk, change: str) -> None:
    """A secret with one character changed, cut, or of another kind is unknown, and says no more than that."""
    _, secret = create_token(owner(desk), "ci")
    wrong = {
        "other": secret[:-1] + ("a" if secret[-1] != "a" else "b"),
        "short": secret[:-1],
        "empty": "",
        "foreign": "ghp_" + "a" * 36,
        "huge": secret * 1000,
        "script": secret[:-1] + "é",
    }[change]
    authenticate(desk.call(), secret)  # and is remembered
    with pytest.raises(Unauthenticated, match="not known"):
        authenticate(desk.call(), wrong)


def test_a_bearer_is_looked_up_again_only_after_a_commit(desk: Desk) -> None:
    """By whichever process; PostgreSQL cannot tell for little that there was none, so it is asked every time."""
    _, secret = create_token(owner(desk), "ci")
    database = desk.registry.database
    other = connect(database.engine.url.render_as_string(hide_password=False))
    with statements(database) as sent:
        for _ in range(3):
            authenticate(desk.call(), secret)
        with other.write() as tx:
            tx.execute(sa.update(tokens).values(name="renamed"))
        for _ in range(3):
            authenticate(desk.call(), secret)
    other.close()
    looked = sum("FROM tokens" in statement for statement, _ in sent)
    assert looked == (2 if database.dialect == "sqlite" else 6)


def test_a_revoked_token_ends_at_once(desk: Desk) -> None:
    """The very next request is refused; revoking again changes nothing and is not written again."""
    boss = owner(desk)
    made, secret = create_token(boss, "ci")
    authenticate(desk.call(), secret)
    revoke_token(boss, made.id)
    revoke_token(boss, made.id)
    with pytest.raises(Unauthenticated, match="revoked"):
        authenticate(desk.call(), secret)
    ended = sa.select(ledger_entries).where(ledger_entries.c.action == "token.revoked")
    assert len(desk.rows(ended)) == 1


def test_an_expired_token_ends_on_time(desk: Desk) -> None:
    """It works until its last moment and not at it."""
    made, secret = create_token(owner(desk), "ci", expires_in_days=1)
    assert made.expires_at is not None
    call = desk.call()
    authenticate(replace(call, now=made.expires_at - timedelta(microseconds=1)), secret)
    with pytest.raises(Unauthenticated, match="expired"):
        authenticate(replace(call, now=made.expires_at), secret)


def test_a_token_is_its_role_cut_with_the_grants(desk: Desk) -> None:
    """A reader's token of an administrator reads; a namespace's token does nothing elsewhere."""
    boss = owner(desk)
    reader = signed_in(desk, create_token(boss, "r", role="reader")[1])
    assert reader.actor.permissions == ROLES["reader"]
    local = signed_in(desk, create_token(boss, "l", role="maintainer", scope="default")[1])
    rules.require(local.actor, Permission.VERSION_DELETE, namespace="default", model="fraud")
    with pytest.raises(NotFound):
        rules.require(local.actor, Permission.MODEL_READ, namespace="risk")
    with pytest.raises(Denied):
        rules.require(local.actor, Permission.MODEL_READ)


def test_a_token_never_may_more_than_its_maker(desk: Desk) -> None:
    """Neither a higher role nor a wider scope, nor a longer life."""
    boss = owner(desk)
    reader = signed_in(desk, create_token(boss, "r", role="reader", expires_in_days=2)[1])
    with pytest.raises(Denied, match="may not"):
        create_token(reader, "more", role="contributor")
    local = signed_in(desk, create_token(boss, "l", role="contributor", scope="default")[1])
    with pytest.raises(Denied, match="registry"):
        create_token(local, "wider", role="reader")
    with pytest.raises(Denied):
        create_token(local, "beside", role="reader", scope="risk")
    create_token(local, "same", role="reader", scope="default")
    longer, _ = create_token(reader, "longer", role="reader", expires_in_days=90)
    assert longer.expires_at is not None
    assert longer.expires_at <= reader.now + timedelta(days=2)


def test_a_grant_on_a_namespace_is_a_right_there_only(desk: Desk) -> None:
    """A principal of one namespace reads it, is denied the registry, and cannot tell its neighbours."""
    call = service(desk, "contributor", "default")
    rules.require(call.actor, Permission.MODEL_WRITE, namespace="default", model="any")
    assert rules.scopes(call.actor, Permission.MODEL_READ) == [("default", None)]
    with pytest.raises(Denied):
        rules.require(call.actor, Permission.MODEL_READ)
    with pytest.raises(NotFound):
        rules.require(call.actor, Permission.MODEL_READ, namespace="risk")


def test_tokens_of_others_are_not_there(desk: Desk) -> None:
    """Nobody lists or revokes another's token, but an administrator may."""
    boss = owner(desk)
    mine, _ = create_token(boss, "mine")
    other = service(desk, "reader")
    assert mine.id not in [token.id for token in list_tokens(other)]
    with pytest.raises(NotFound):
        revoke_token(other, mine.id)
    with pytest.raises(Denied):
        list_tokens(other, everyone=True)
    theirs = list_tokens(other)[0]
    assert theirs.id in [token.id for token in list_tokens(boss, everyone=True)]
    revoke_token(boss, theirs.id)


def test_a_weak_token_cannot_end_a_strong_one(desk: Desk) -> None:
    """A leaked reader's token may end itself, but not the tokens of the administrator who made it."""
    boss = owner(desk)
    weak, secret = create_token(boss, "weak", role="reader")
    call = signed_in(desk, secret)
    with pytest.raises(Denied):
        revoke_token(call, str(boss.actor.token_id))
    revoke_token(call, weak.id)


def test_lists_of_tokens_are_paged_newest_first(desk: Desk) -> None:
    """Every token once, in order, whatever the size of a page."""
    boss = owner(desk)
    names = [create_token(replace(boss, now=desk.call().now), f"t{n}")[0].name for n in range(5)]
    found, before = [], None
    while page := list_tokens(boss, before=before, limit=2):
        found += [token.name for token in page]
        before = (times.to_micros(page[-1].created_at), page[-1].id)
    assert found[:5] == names[::-1]
    assert len(found) == len(set(found)) == 6


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "king"},
        {"scope": "Nö"},
        {"expires_in_days": 0},
        {"expires_in_days": float("nan")},
        {"expires_in_days": 1e9},
        {"name": ""},
        {"name": "a\nb"},
    ],
    ids=str,
)
def test_a_token_that_makes_no_sense_is_refused(desk: Desk, wrong: dict[str, object]) -> None:
    """With a sentence, and without a row."""
    boss = owner(desk)
    with pytest.raises(Invalid):
        create_token(boss, **({"name": "x"} | wrong))  # type: ignore[arg-type]
    assert len(desk.rows(sa.select(tokens))) == 1


def test_a_disabled_account_is_refused(desk: Desk) -> None:
    """All its tokens end with it."""
    call = service(desk, "reader")
    made = list_tokens(call)[0]
    _, secret = create_token(call, "second")
    with desk.call().write() as tx:
        tx.execute(sa.text("UPDATE principals SET disabled_at = 1 WHERE name = :name"), {"name": made.principal})
    with pytest.raises(Unauthenticated, match="disabled"):
        authenticate(desk.call(), secret)


def test_a_refusal_is_written_once_a_minute(desk: Desk) -> None:
    """A thousand tries at one door are one entry; another door is another entry."""
    call = owner(desk)
    written = [record_denial(call, "model:write", "default/fraud") for _ in range(1_000)]
    assert written.count(True) == 1
    assert record_denial(call, "model:write", "default/churn")
    denied = sa.select(ledger_entries).where(ledger_entries.c.action == "access.denied")
    assert [row["subject"] for row in desk.rows(denied)] == ["default/fraud", "default/churn"]


def test_who_tries_thousands_of_doors_hides_no_other_refusal(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one caller so many are written down in a minute; those of others still are."""
    monkeypatch.setattr(denials, "_OF_ONE", 20)
    noisy, other = owner(desk), owner(desk)
    noisy = replace(noisy, actor=replace(noisy.actor, name="noisy"))
    other = replace(other, actor=replace(other.actor, name="other"))
    assert [record_denial(noisy, "model:read", f"default/{i}") for i in range(100)].count(True) == 20
    assert record_denial(other, "model:read", "default/fraud")
    monkeypatch.setattr(denials, "_SECONDS", 0.0)
    monkeypatch.setattr(denials, "_forgotten", 0.0)
    assert record_denial(noisy, "model:read", "default/later")


def test_a_key_makes_one_token(desk: Desk) -> None:
    """Sent again, the request is refused with the id of the token that it made; with other content it is a mistake."""
    keyed = replace(owner(desk), idempotency_key="once")
    made, secret = create_token(keyed, "ci")
    with pytest.raises(Conflict, match=f"made the token {made.id} already") as refused:
        create_token(keyed, "ci")
    assert secret not in str(refused.value)
    with pytest.raises(IdempotencyMismatch):
        create_token(keyed, "ci", role="contributor")
    assert [token.name for token in list_tokens(keyed, limit=10)].count("ci") == 1
    assert authenticate(desk.call(), secret).token_id == made.id
