"""Can one person pass for two, by accounts that change hands, by grants that mean other stages, by keys sent again?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from holotype.access import principals
from holotype.access.tables import grants
from holotype.domain.entities import Actor
from holotype.domain.permissions import ROLES
from holotype.domain.references import parse
from holotype.errors import Denied, NotFound
from holotype.operations.approve import approve
from holotype.operations.call import Call
from holotype.operations.open_override import open_override
from holotype.operations.promote import promote
from holotype.operations.reject import reject
from holotype.operations.withdraw import withdraw
from tests.support.governance import GOOD, MOVES, STAGES, TWO, Crew, apply, attest, crew
from tests.support.registry import Desk

MINUTE = timedelta(minutes=1)


def waiting(desk: Desk, policy: str = STAGES + MOVES + TWO + GOOD, *, author: str = "dora") -> tuple[Crew, int]:
    """Return people and a request of dora's to bring a version to production."""
    people = crew(desk)
    apply(desk, policy)
    desk.register(content=b"v1")
    with desk.registry.database.write() as tx:
        tx.exec_driver_sql(f"UPDATE versions SET created_by = '{author}'")
    promote(people.call("rita"), parse("fraud:1"), "staging")
    attest(desk, "fraud:1", 0.95)
    return people, promote(people.call("dora"), parse("fraud:1"), "production").id or 0


def hand_over(desk: Desk, people: Crew, account: str, owner: str) -> None:
    """Give a service account to somebody else."""
    made, role = people.known[account]
    person = people.known[owner][0].id
    with desk.registry.database.write() as tx:
        principals.change(tx, made.id, owner_id=person)
        found = principals.by_id(tx, made.id)
    assert found is not None
    people.known[account] = found, role


def limit(desk: Desk, people: Crew, name: str, role: str, stages: str) -> None:
    """Give somebody one more role, limited to some stages."""
    values = {"principal_id": people.known[name][0].id, "role": role, "scope": "registry", "stages": stages}
    with desk.registry.database.write() as tx:
        tx.execute(grants.insert(), values | {"created_at": 1, "created_by": "test"})


def test_an_account_that_changes_hands_is_no_second_person(desk: Desk) -> None:
    """Approving, handing the account over, and approving with it again counts one person."""
    people, asked = waiting(desk)
    people.person("tool", "reviewer", owner="rita")
    assert approve(people.call("tool"), asked).status == "pending"
    hand_over(desk, people, "tool", "rosa")
    assert approve(people.call("tool"), asked).status == "pending"
    assert approve(people.call("rosa"), asked).status == "pending"
    assert approve(people.call("rita"), asked).status == "applied"


def test_the_account_that_registered_does_not_approve_for_another_owner(desk: Desk) -> None:
    """Whoever owns it now: it is the author."""
    people, asked = waiting(desk, author="bot")
    hand_over(desk, people, "bot", "mia")
    for name in ("bot", "mia"):
        with pytest.raises(Denied, match="does not count"):
            approve(people.call(name), asked)


def test_a_role_towards_another_stage_is_none_here(desk: Desk) -> None:
    """A maintainer of staging alone is no maintainer where the policy asks for one towards production."""
    policy = STAGES + MOVES + TWO.replace('"role:reviewer", ', "").replace("count = 2", "count = 1") + GOOD
    people, asked = waiting(desk, policy)
    limit(desk, people, "rita", "maintainer", "archived,staging")
    with pytest.raises(Denied, match="does not count"):
        approve(people.call("rita"), asked)
    limit(desk, people, "rita", "maintainer", "production,staging")
    call = people.call("rita")
    call = replace(call, actor=replace(call.actor, permissions=ROLES["maintainer"]))
    assert approve(call, asked).status == "applied"


def test_an_emergency_is_for_roles_towards_that_stage(desk: Desk) -> None:
    """An administrator of staging alone is none of the administrators whom the policy lets override production."""
    emergency = '\n[emergency]\nfrom = ["role:admin"]\nlongest = "1h"\n'
    people, _ = waiting(desk, STAGES + MOVES + TWO + GOOD + emergency)
    limit(desk, people, "mia", "admin", "staging")
    with pytest.raises(Denied, match="does not let mia"):
        open_override(people.call("mia"), parse("fraud:1"), "production", ["metric"], reason="now", lasts=MINUTE)


def test_a_key_sent_again_shows_nothing_to_who_may_see_nothing(desk: Desk) -> None:
    """What was answered once is answered again only to those who may still read the model."""
    people, asked = waiting(desk)
    approve(people.call("rita", key="k"), asked)
    approve(people.call("rita", key="k"), asked)
    known = people.known["rita"][0]
    base = desk.call(key="k")
    blind = Call(base.registry, Actor("rita", known.id, frozenset()), base.request_id, "k", base.now)
    with pytest.raises(NotFound):
        approve(blind, asked)
    with pytest.raises(NotFound):
        reject(blind, asked, comment="x")
    with pytest.raises(NotFound):
        withdraw(blind, asked)


def test_a_token_speaks_with_no_role_that_it_does_not_bear(desk: Desk) -> None:
    """A reviewer's token of an administrator is no administrator, where the policy asks for one."""
    policy = STAGES + MOVES + TWO.replace('"role:reviewer", "role:maintainer", ', "").replace("count = 2", "count = 1")
    people, asked = waiting(desk, policy + '[emergency]\nfrom = ["role:admin"]\nlongest = "1h"\n')
    people.person("amy", "admin")
    call = people.call("amy")
    for role in ("reviewer", "maintainer"):
        weak = replace(call, actor=replace(call.actor, permissions=ROLES[role]))
        with pytest.raises(Denied, match="does not count"):
            approve(weak, asked)
    with pytest.raises(Denied, match="does not let amy"):
        open_override(weak, parse("fraud:1"), "production", ["approvals"], reason="night", lasts=MINUTE)
    open_override(call, parse("fraud:1"), "production", ["approvals"], reason="night", lasts=MINUTE)
    assert approve(people.call("amy"), asked).status == "applied"
