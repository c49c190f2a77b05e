"""Does who decides about a promotion see what they need, and why they may not what they may not?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from holotype.domain.entities import Actor, Promotion
from holotype.domain.references import parse
from holotype.errors import Conflict, Denied, NotFound
from holotype.gateways.credentials import OPEN
from holotype.governance import cases, promotions
from holotype.governance.promotions import Filter
from holotype.operations.approve import approve
from holotype.operations.call import Call
from holotype.operations.change_team import change_team
from holotype.operations.comment import comment
from holotype.operations.create_team import create_team
from holotype.operations.list_promotions import Wanted, list_promotions, tally_waiting
from holotype.operations.open_override import open_override
from holotype.operations.promote import promote
from holotype.operations.reject import reject
from holotype.operations.review import review
from holotype.operations.withdraw import withdraw
from tests.support.counting import statements
from tests.support.governance import GOOD, MOVES, STAGES, TWO, Crew, apply, attest, crew
from tests.support.people import member, owner, signed_in
from tests.support.plans import plans
from tests.support.registry import Desk

BY_TEAM = """
[[aliases]]
pattern = "champion"
[[aliases.approvals]]
count = 1
from = ["team:risk"]
"""
VERBS: dict[str, Callable[[Call, int], object]] = {
    "approve": approve,
    "reject": lambda call, number: reject(call, number, comment="no"),
    "withdraw": withdraw,
    "override": lambda call, _: open_override(
        call, parse("fraud:2"), "production", ["approvals"], reason="fire", lasts=timedelta(hours=1)
    ),
    "apply": lambda call, _: promote(call, parse("fraud:2"), "production"),
    "comment": lambda call, number: comment(call, number, "hm"),
}
EVERYBODY = ("dora", "bot", "rita", "rob", "mia", "root", "vera")


def asked(desk: Desk) -> tuple[Crew, Promotion]:
    """Return people, and a promotion of fraud:2 to production, which fraud:1 holds."""
    people = crew(desk)
    people.person("vera", "reader")
    desk.register(content=b"v1")
    for stage in ("staging", "production"):
        promote(people.call("root"), parse("fraud:1"), stage)
    desk.register(content=b"v2")
    attest(desk, "fraud:2", 0.95)
    apply(desk, STAGES + MOVES + TWO + GOOD + BY_TEAM)
    promote(people.call("rita"), parse("fraud:2"), "staging")
    return people, promote(people.call("dora"), parse("fraud:2"), "production", reason="better")


def test_it_says_what_moves_and_who_is_asked(desk: Desk) -> None:
    """The incumbent, the evidence behind the verdicts, the rule, and whose approvals count for it."""
    people, found = asked(desk)
    approve(people.call("rita"), found.id or 0, comment="fine")
    seen = review(people.call("vera"), found.id or 0)
    assert seen.promotion.status == "pending"
    assert seen.incumbent is not None
    assert seen.incumbent.reference == "default/fraud:1"
    assert "evaluation" in [one.type for one in seen.evidence]
    assert all(one.payload is None for one in seen.evidence)
    assert [(one.rule.count, one.given) for one in seen.asked] == [(2, ("rita",))]
    assert seen.open_to == ("approvals",)
    assert seen.longest == timedelta(days=1)


def test_it_says_in_a_sentence_why_somebody_may_not(desk: Desk) -> None:
    """The right that is lacking, or the rule of the policy."""
    people, found = asked(desk)
    number = found.id or 0
    approve(people.call("rita"), number)
    said = {name: review(people.call(name), number).cannot for name in EVERYBODY}
    assert said["dora"]["approve"] == ("Needs promotion:approve on default/fraud: reviewer, maintainer, admin.")
    assert "you asked for it" in said["bot"]["approve"]
    assert said["rita"]["approve"] == "You approved it already."
    assert "withdraw" not in said["dora"]
    assert said["rob"].keys() == {"withdraw", "override", "apply"}
    assert "was asked for by dora" in said["rob"]["withdraw"]
    assert said["mia"].keys() == {"withdraw", "apply"}
    assert said["root"].keys() == {"apply"}
    assert said["root"]["apply"] == "The gate approvals does not pass."
    assert said["vera"].keys() == VERBS.keys()
    withdraw(people.call("dora"), number)
    over = review(people.call("root"), number).cannot
    assert {over[name] for name in over} == {"It is withdrawn."}
    assert "comment" not in over


@pytest.mark.parametrize("name", EVERYBODY)
def test_what_it_says_is_what_the_verbs_do(desk: Desk, name: str) -> None:
    """For everybody and every action: refused where it says so, done where it does not."""
    people, found = asked(desk)
    number = found.id or 0
    for action in ("comment", "apply", "approve", "override", "reject", "withdraw"):
        why = review(people.call(name), number).cannot.get(action, "")
        try:
            VERBS[action](people.call(name), number)
        except (Denied, Conflict):
            assert why, action
        else:
            assert not why, action


def test_the_author_and_a_team_are_told_so(desk: Desk) -> None:
    """Whoever registered a version does not approve it; where a team is asked, others are told which."""
    people, found = asked(desk)
    with people.call("root").write() as tx:
        from holotype.catalogue.tables import versions  # noqa: PLC0415 - to have it registered by somebody else

        tx.execute(versions.update().values(created_by="rob"))
    assert "you registered the version" in review(people.call("rob"), found.id or 0).cannot["approve"]
    people.person("tim", "reviewer", team="risk")
    alias = promote(people.call("dora"), parse("fraud:2"), "champion").id or 0
    assert review(people.call("rosa"), alias).cannot["approve"] == "The policy asks others: team:risk."
    assert "approve" not in review(people.call("tim"), alias).cannot


def test_an_override_counts_and_lets_who_may_carry_it_out(desk: Desk) -> None:
    """The verdict says so, the override is told, and nothing else stands in the way."""
    people, found = asked(desk)
    made = VERBS["override"](people.call("mia"), 0)
    seen = review(people.call("mia"), found.id or 0)
    assert [one.status for one in seen.promotion.verdicts if one.gate == "approvals"] == ["overridden"]
    assert seen.overrides == (made,)
    assert seen.cannot.keys() == {"withdraw"}
    assert review(people.call("dora"), found.id or 0).cannot["apply"].startswith("Needs version:promote")
    assert promote(people.call("mia"), parse("fraud:2"), "production").id == found.id
    over = review(people.call("mia"), found.id or 0)
    assert over.promotion.status == "applied"
    assert over.incumbent is not None
    assert over.incumbent.reference == "default/fraud:1"
    assert over.asked == ()


def test_nobody_decides_on_an_open_server(desk: Desk) -> None:
    """There is no person behind it."""
    _, found = asked(desk)
    cannot = review(Call(desk.registry, OPEN), found.id or 0).cannot
    assert "Nobody knows who you are" in cannot["approve"]
    assert "Nobody knows who you are" in cannot["reject"]


def test_what_is_hidden_is_not_there(desk: Desk) -> None:
    """The same sentence as for a number that nobody ever had."""
    _, found = asked(desk)
    for number in (found.id or 0, 4_711, 2**63):
        with pytest.raises(NotFound, match=f"There is no promotion {number}."):
            review(Call(desk.registry, Actor("eve", 99)), number)


def test_ones_own_requests_are_found(desk: Desk) -> None:
    """Also those that a machine of theirs made; what somebody else asked for is not among them."""
    people, found = asked(desk)
    own = list_promotions(people.call("dora"), Wanted(status="pending", mine=True)).items
    assert [one.id for one in own] == [found.id]
    assert [one.id for one in list_promotions(people.call("bot"), Wanted(status="pending", mine=True)).items] == [
        found.id
    ]
    assert list_promotions(people.call("rob"), Wanted(status="pending", mine=True)).items == []
    nobody = replace(people.call("rob"), actor=Actor("x", None, people.call("rob").actor.permissions))
    assert list_promotions(nobody, Wanted(mine=True)).items == []


def test_what_waits_for_somebody_costs_the_same_however_much_does(desk: Desk) -> None:
    """Policies, grants and authors are read once."""
    people, _ = asked(desk)
    with statements(desk.registry.database) as few:
        assert len(list_promotions(people.call("rob"), Wanted(waiting=True)).items) == 1
    for number in range(3, 13):
        desk.register(content=f"v{number}".encode())
        attest(desk, f"fraud:{number}", 0.95)
        promote(people.call("rita"), parse(f"fraud:{number}"), "staging")
        promote(people.call("dora"), parse(f"fraud:{number}"), "production")
    with statements(desk.registry.database) as many:
        assert len(list_promotions(people.call("rob"), Wanted(waiting=True)).items) == 11
    assert len(many) == len(few)


def test_what_waits_follows_the_teams_that_somebody_is_in(desk: Desk) -> None:
    """What somebody has is remembered with their rights, and those are others as soon as a team changes."""
    asked(desk)
    boss = owner(desk)
    secret = member(desk, boss, "tim", ("reviewer", "registry"))
    promote(signed_in(desk, boss), parse("fraud:2"), "champion")
    waits: list[int] = []
    for change in (
        lambda _: None,
        lambda call: create_team(call, "risk", members=["tim"]),
        lambda call: change_team(call, "risk", remove=["tim"]),
    ):
        change(signed_in(desk, boss))
        for _ in range(2):
            found = list_promotions(signed_in(desk, secret), Wanted(model="fraud", namespace="default", waiting=True))
            waits.append(sum(one.kind == "alias" for one in found.items))
    assert waits == [0, 0, 1, 1, 0, 0]


def test_a_tally_is_what_the_list_has(desk: Desk) -> None:
    """Counted up to a bound."""
    people, found = asked(desk)
    alias = promote(people.call("dora"), parse("fraud:2"), "champion")
    assert alias.status == "pending"
    people.person("tim", "reviewer", team="risk")
    whole = tally_waiting(people.call("tim"), limit=5, most=9)
    assert (whole.count, whole.more) == (2, False)
    assert [one.id for one in whole.items] == [alias.id, found.id]
    part = tally_waiting(people.call("tim"), most=1)
    assert (part.count, part.more, part.items) == (1, True, [])
    assert tally_waiting(people.call("dora"), limit=5, most=9).count == 0


@pytest.mark.parametrize("wanted", [Filter("expired"), Filter("pending"), Filter("pending", requester_id=1)])
def test_lists_go_along_an_index(desk: Desk, wanted: Filter) -> None:
    """However many promotions there were, those with a status or of a person are found without the others."""
    if desk.registry.database.dialect != "sqlite":  # which scans a table that is as small as here
        return
    for plan in plans(desk.registry.database, lambda tx: promotions.page(tx, wanted, before=None, limit=50)):
        assert "USING INDEX" in plan, plan
    for plan in plans(desk.registry.database, lambda tx: cases.cases(tx, wanted, 1, limit=50)):
        assert "USING INDEX ix_promotions" in plan, plan
