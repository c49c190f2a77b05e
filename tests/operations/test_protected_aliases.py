"""Do protected aliases move only by promotion, whichever way one tries?"""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from holotype.catalogue.tables import versions
from holotype.domain.entities import Promotion, Version
from holotype.domain.references import parse
from holotype.errors import Conflict, Denied, InvalidName
from holotype.operations.approve import approve
from holotype.operations.promote import promote
from holotype.operations.quarantine import quarantine
from holotype.operations.register import Content, register
from holotype.operations.remove_alias import remove_alias
from holotype.operations.resolve import resolve
from holotype.operations.set_alias import set_alias
from holotype.operations.show_promotion import show_promotion
from tests.support.governance import GOOD, MOVES, STAGES, Crew, apply, attest, crew
from tests.support.registry import Desk

PATTERN = """
[[aliases]]
pattern = "champ*"
"""
ONE = """
[[aliases.approvals]]
count = 1
from = ["role:reviewer"]
exclude = ["requester"]
"""
GATED = PATTERN + GOOD.replace("moves.", "aliases.")


def guarded(desk: Desk, rule: str) -> Crew:
    """Return people and two versions under a policy that protects ``champ*``."""
    people = crew(desk)
    for number in (1, 2):
        desk.register(content=b"v%d" % number)
    apply(desk, STAGES + MOVES + rule)
    return people


def test_an_alias_that_nothing_protects_is_set_at_once(desk: Desk) -> None:
    """As without a policy."""
    people = guarded(desk, GATED)
    assert isinstance(set_alias(people.call("dora"), parse("fraud:1"), "trial"), Version)
    assert resolve(desk.call(), parse("fraud:trial")).number == 1


def test_a_protected_alias_waits_for_its_approval(desk: Desk) -> None:
    """It is asked for with the usual command, approved by another person, and then names the version."""
    people = guarded(desk, PATTERN + ONE)
    asked = set_alias(people.call("dora"), parse("fraud:1"), "champion", reason="wins")
    assert isinstance(asked, Promotion)
    assert (asked.status, asked.kind, asked.source, asked.target) == ("pending", "alias", "", "champion")
    with pytest.raises(Exception, match="champion"):
        resolve(desk.call(), parse("fraud:champion"))
    assert approve(people.call("rita"), asked.id or 0).status == "applied"
    assert resolve(desk.call(), parse("fraud:champion")).number == 1
    assert isinstance(set_alias(people.call("dora"), parse("fraud:1"), "champion"), Version)


def test_a_gate_keeps_an_alias_where_it_is(desk: Desk) -> None:
    """A gate refuses, and with evidence it lets through; a contributor may not apply it alone."""
    people = guarded(desk, GATED)
    refused = set_alias(people.call("mia"), parse("fraud:1"), "champion")
    assert isinstance(refused, Promotion)
    assert refused.status == "refused"
    attest(desk, "fraud:1", 0.95)
    with pytest.raises(Denied):
        set_alias(people.call("dora"), parse("fraud:1"), "champion")
    assert isinstance(set_alias(people.call("mia"), parse("fraud:1"), "champion"), Version)
    assert promote(people.call("mia"), parse("fraud:2"), "champion").status == "refused"


def test_a_client_that_knows_no_promotions_makes_no_second_one(desk: Desk) -> None:
    """Whoever sets the alias again in the words of another protocol is told of the promotion that is there."""
    people = guarded(desk, PATTERN + ONE)
    asked = [set_alias(people.call("dora"), parse("fraud:1"), "champion", foreign=True) for _ in range(3)]
    assert {one.id for one in asked if isinstance(one, Promotion)} == {asked[0].id}
    apply(desk, STAGES + MOVES + GATED)
    asked = [set_alias(people.call("mia"), parse("fraud:2"), "champion", foreign=True) for _ in range(3)]
    assert {(one.id, one.status) for one in asked if isinstance(one, Promotion)} == {(asked[0].id, "refused")}


def test_another_holder_voids_what_was_approved(desk: Desk) -> None:
    """Two approvals are asked; meanwhile the alias came to name another version."""
    people = guarded(desk, PATTERN + ONE.replace("count = 1", "count = 2"))
    first = promote(people.call("dora"), parse("fraud:1"), "champion")
    second = promote(people.call("dora"), parse("fraud:2"), "champion")
    approve(people.call("rita"), second.id or 0)
    for name in ("rita", "rob"):
        approve(people.call(name), first.id or 0)
    found = show_promotion(people.call("dora"), second.id or 0)
    assert (found.status, found.source) == ("pending", "1")
    assert found.approvals[0].voided


def test_no_way_around(desk: Desk) -> None:
    """Neither at registration, nor by removing it, nor under the name of a stage; and nothing was written."""
    people = guarded(desk, PATTERN + ONE)
    before = len(desk.rows(sa.select(versions)))
    content = Content([desk.held(b"new")], aliases=["champion"])
    with pytest.raises(Conflict, match="protects the alias champion"):
        register(people.call("mia"), parse("fraud"), content)
    with pytest.raises(Conflict):
        register(people.call("mia"), parse("brand-new"), content)
    assert len(desk.rows(sa.select(versions))) == before
    asked = promote(people.call("dora"), parse("fraud:1"), "champion")
    approve(people.call("rita"), asked.id or 0)
    with pytest.raises(Conflict, match="not removed"):
        remove_alias(people.call("root"), parse("fraud"), "champion")
    with pytest.raises(InvalidName):
        set_alias(people.call("root"), parse("fraud:1"), "staging")


def test_no_alias_comes_to_name_a_quarantined_version(desk: Desk) -> None:
    """Protected or not."""
    people = guarded(desk, PATTERN + ONE)
    quarantine(desk.call(), "fraud:1", reason="poisoned")
    with pytest.raises(Conflict, match="poisoned"):
        set_alias(people.call("mia"), parse("fraud:1"), "trial")
    assert promote(people.call("dora"), parse("fraud:1"), "champion").status == "refused"
