"""Who sees what happened to access, and what does a request cost beside many grants?"""

from __future__ import annotations

import sqlalchemy as sa

from holotype.ledger.tables import ledger_entries
from holotype.operations.change_team import change_team
from holotype.operations.change_user import change_user
from holotype.operations.create_grant import create_grant
from holotype.operations.create_team import create_team
from holotype.operations.create_user import create_user
from holotype.operations.delete_team import delete_team
from holotype.operations.read_ledger import Wanted, read_ledger
from holotype.operations.revoke_grant import revoke_grant
from tests.support.counting import statements
from tests.support.people import member, signed_in
from tests.support.registry import Desk


def test_what_is_about_access_is_shown_to_who_may_read_it(desk: Desk, boss: str) -> None:
    """A reader of a namespace, or of everything, sees no grants and no denials; a maintainer those of their part."""
    reader = signed_in(desk, member(desk, boss, "ada", ("reader", "risk")))
    keeper = signed_in(desk, member(desk, boss, "keeper", ("maintainer", "risk")))
    wide = signed_in(desk, member(desk, boss, "wide", ("reader", "registry")))
    boss_sees = {event.action for event in read_ledger(signed_in(desk, boss), Wanted(), limit=500)}
    assert {"grant.created", "service.created", "token.created"} <= boss_sees
    for call in (reader, wide):
        seen = {event.action for event in read_ledger(call, Wanted(), limit=500)}
        assert "version.registered" in seen
        assert not {one for one in seen if one.partition(".")[0] in {"grant", "token", "service", "user", "access"}}
    assert {event.action for event in read_ledger(keeper, Wanted(action="grant.created"))} == {"grant.created"}
    assert {event.data["scope"] for event in read_ledger(keeper, Wanted(action="grant.created"))} == {"risk"}


def test_every_change_is_an_event_with_its_token(desk: Desk, boss: str) -> None:
    """Who changed access, with which token, and what it says now."""
    call = signed_in(desk, boss)
    create_user(call, "ada")
    change_user(call, "ada", disabled=True)
    change_user(call, "ada", disabled=True)
    create_team(call, "t", members=["ada"])
    change_team(call, "t", remove=["ada"])
    made = create_grant(call, "team:t", "reader", "risk", stages=["staging"])
    revoke_grant(call, made.id)
    delete_team(call, "t")
    statement = sa.select(ledger_entries).where(ledger_entries.c.token == call.actor.token_id)
    rows = desk.rows(statement.order_by(ledger_entries.c.sequence))
    assert [row["action"] for row in rows] == [
        "user.created", "user.changed", "team.created", "team.changed", "grant.created", "grant.revoked",
        "team.deleted",
    ]  # fmt: skip


def test_a_request_costs_one_statement_however_many_grants_there_are(desk: Desk, boss: str) -> None:
    """Rights are read again only when they changed; SQLite is asked first whether anything did."""
    ada = member(desk, boss, "ada", ("reader", "risk"))
    call = signed_in(desk, boss)
    for number in range(40):
        create_team(call, f"t{number}", members=["ada"])
        create_grant(call, f"team:t{number}", "reader", "risk", stages=[f"s{number}"])
    signed_in(desk, ada)
    with statements(desk.registry.database) as sent:
        signed_in(desk, ada)
    assert len(sent) == 1
    create_grant(call, "team:t0", "reader", "other")
    with statements(desk.registry.database) as sent:
        signed_in(desk, ada)
    assert len(sent) == (3 if desk.registry.database.dialect == "sqlite" else 2)
