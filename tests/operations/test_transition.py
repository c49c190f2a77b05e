"""Does a version reach a stage by the moves that the policy has, and by no others?"""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from holotype.catalogue.tables import versions
from holotype.domain import built_in
from holotype.domain.entities import Promotion, Version
from holotype.domain.references import parse
from holotype.errors import IllegalMove, Invalid
from holotype.operations.history import history
from holotype.operations.promote import promote
from holotype.operations.resolve import resolve
from holotype.operations.transition import transition, way
from tests.support.governance import GOOD, MOVES, STAGES, TWO, Crew, apply, attest, crew
from tests.support.registry import Desk

THROUGH = """
[[moves]]
from = ["none"]
to = "production"
[[moves]]
from = ["production"]
to = "archived"
"""
MANY = """
format = 1
[stages.none]
[stages.qa]
[stages.live]
[stages.retired]
[[moves]]
from = ["none", "retired"]
to = "qa"
[[moves]]
from = ["qa"]
to = "live"
[[moves]]
from = ["live"]
to = "retired"
"""
PLAIN = '[[moves]]\nfrom = ["staging"]\nto = "production"\n' + GOOD


def guarded(desk: Desk, way_in: str) -> tuple[Crew, int]:
    """Return people, and the number of the promotion by which production was refused to mia, if a gate did."""
    desk.register()
    people = crew(desk)
    apply(desk, STAGES + MOVES + way_in)
    promote(people.call("mia"), parse("fraud:1"), "staging")
    if way_in == TWO:
        return people, 0
    done = transition(people.call("mia"), parse("fraud:1"), "production")
    assert isinstance(done, Promotion)
    assert done.status == "refused"
    return people, done.id


def stages(desk: Desk) -> dict[int, str]:
    """Return the stages of the versions of the model."""
    found = desk.rows(sa.select(versions.c.number, versions.c.stage))
    return {int(str(row["number"])): str(row["stage"]) for row in found}


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("none", "none", []),
        ("none", "production", ["staging", "production"]),
        ("archived", "production", ["staging", "production"]),
        ("archived", "none", ["staging", "none"]),
        ("production", "none", ["staging", "none"]),
        ("none", "archived", ["archived"]),
    ],
)
def test_the_shortest_way_is_taken(source: str, target: str, expected: list[str]) -> None:
    """Under the built-in policy every stage is reached from every other."""
    assert way(built_in.default(), source, target) == expected


def test_no_way_leads_through_a_single_stage(desk: Desk) -> None:
    """What holds one version is no station on the way to somewhere else: its holder would be driven out."""
    desk.register()
    apply(desk, STAGES + THROUGH)
    with pytest.raises(IllegalMove):
        transition(desk.call(), parse("fraud:1"), "archived")


def test_each_step_is_a_promotion_of_its_own(desk: Desk) -> None:
    """From none to production it is moved twice, and the ledger has both moves with their promotions."""
    desk.register()
    done = transition(desk.call(), parse("fraud:1"), "Production")
    assert isinstance(done, Version)
    assert done.stage == "production"
    moves = [event.data for event in history(desk.call(), parse("fraud")) if event.action == "version.moved"]
    assert [(move["from"], move["to"]) for move in moves] == [("staging", "production"), ("none", "staging")]
    assert len({move["promotion"] for move in moves}) == 2


def test_a_version_that_is_there_stays_and_nothing_is_written(desk: Desk) -> None:
    """To ask twice is fine."""
    desk.register()
    transition(desk.call(), parse("fraud:1"), "staging")
    before = len(history(desk.call(), parse("fraud")))
    assert isinstance(transition(desk.call(), parse("fraud:1"), "STAGING"), Version)
    assert len(history(desk.call(), parse("fraud"))) == before


def test_a_single_stage_replaces_who_held_it(desk: Desk) -> None:
    """The one that was in production is archived, whether or not that was asked for."""
    for content in (b"1", b"2"):
        desk.register(content=content)
    transition(desk.call(), parse("fraud:1"), "production")
    transition(desk.call(), parse("fraud:2"), "production")
    assert stages(desk) == {1: "archived", 2: "production"}


@pytest.mark.parametrize(("replacing", "others"), [(False, "staging"), (True, "archived")])
def test_those_in_a_shared_stage_leave_it_only_where_that_is_asked_for(
    desk: Desk, replacing: bool, others: str
) -> None:
    """With ``replacing`` they go where the policy sends what is replaced."""
    for content in (b"1", b"2", b"3"):
        desk.register(content=content)
    for number in (1, 2):
        transition(desk.call(), parse(f"fraud:{number}"), "staging")
    transition(desk.call(), parse("fraud:3"), "staging", replacing=replacing)
    assert stages(desk) == {1: others, 2: others, 3: "staging"}


def test_a_refusal_ends_the_way_where_it_stands(desk: Desk) -> None:
    """What was applied before stays, the promotion says which gate stood in the way, and nobody is moved out."""
    for content in (b"1", b"2"):
        desk.register(content=content)
    apply(desk, STAGES + MOVES + PLAIN)
    done = transition(desk.call(), parse("fraud:1"), "production")
    assert isinstance(done, Promotion)
    assert (done.status, done.source, done.target) == ("refused", "staging", "production")
    assert [verdict.gate for verdict in done.verdicts if not verdict.passed] == ["metric"]
    assert stages(desk) == {1: "staging", 2: "none"}


def test_what_needs_approvals_waits_and_is_not_asked_for_twice(desk: Desk) -> None:
    """The promotion is pending; whoever asks again, the same person or another, is told of the same one."""
    people, _ = guarded(desk, TWO)
    done = transition(people.call("dora"), parse("fraud:1"), "production")
    assert isinstance(done, Promotion)
    assert done.status == "pending"
    for name in ("dora", "bot", "mia"):
        again = transition(people.call(name), parse("fraud:1"), "production")
        assert isinstance(again, Promotion)
        assert (again.id, again.status, again.requested_by) == (done.id, "pending", "dora")


def test_what_waited_too_long_is_asked_for_anew(desk: Desk) -> None:
    """An expired promotion names nothing that anybody could approve."""
    people, _ = guarded(desk, TWO)
    first = transition(people.call("dora"), parse("fraud:1"), "production")
    desk.seconds += 3 * 86_400
    second = transition(people.call("dora"), parse("fraud:1"), "production")
    assert isinstance(first, Promotion)
    assert isinstance(second, Promotion)
    assert (second.status, second.id > first.id) == ("pending", True)


def test_what_was_refused_because_the_version_left_is_asked_for_anew(desk: Desk) -> None:
    """Once it is back, nothing is against asking: the refusal of then is none of now."""
    people, _ = guarded(desk, TWO)
    first = transition(people.call("dora"), parse("fraud:1"), "production")
    for stage in ("archived", "staging"):
        promote(people.call("mia"), parse("fraud:1"), stage)
    second = transition(people.call("dora"), parse("fraud:1"), "production")
    assert isinstance(first, Promotion)
    assert isinstance(second, Promotion)
    assert (second.status, second.id > first.id) == ("pending", True)


def test_what_a_gate_refused_is_refused_by_the_same_promotion(desk: Desk) -> None:
    """Asking again writes neither a second promotion nor a second entry, and names the first one."""
    people, number = guarded(desk, PLAIN)
    before = len(history(desk.call(), parse("fraud")))
    for _ in range(3):
        again = transition(people.call("mia"), parse("fraud:1"), "production")
        assert isinstance(again, Promotion)
        assert (again.id, again.status) == (number, "refused")
    assert len(history(desk.call(), parse("fraud"))) == before


def test_what_changed_or_who_is_another_makes_a_refusal_of_its_own(desk: Desk) -> None:
    """Another person's attempt is on record, and so is one on other evidence or under another policy."""
    people, number = guarded(desk, PLAIN)

    def refused(name: str) -> int:
        """Ask, and return the number of the refusal."""
        done = transition(people.call(name), parse("fraud:1"), "production")
        assert isinstance(done, Promotion)
        assert done.status == "refused"
        return done.id

    numbers = [number, refused("root")]
    attest(desk, "fraud:1", 0.5)
    numbers += [refused("root"), refused("root")]
    apply(desk, STAGES + MOVES + PLAIN.replace("0.9", "0.8"))
    numbers += [refused("root")]
    assert numbers == [number, number + 1, number + 2, number + 2, number + 3]
    attest(desk, "fraud:1", 0.95)
    assert isinstance(transition(people.call("root"), parse("fraud:1"), "production"), Version)


def test_stages_of_the_policy_are_reached_by_their_names(desk: Desk) -> None:
    """Any stage is a target; one that is none is refused with the names there are."""
    desk.register()
    apply(desk, MANY)
    done = transition(desk.call(), parse("fraud:1"), "live")
    assert isinstance(done, Version)
    assert done.stage == "live"
    with pytest.raises(Invalid, match="no stage"):
        transition(desk.call(), parse("fraud:1"), "production")


def test_an_idempotency_key_does_not_stand_for_one_step_of_many(desk: Desk) -> None:
    """A call with a key walks the whole way, also when it is sent again."""
    desk.register()
    for _ in range(2):
        done = transition(desk.call(key="once"), parse("fraud:1"), "production")
        assert isinstance(done, Version)
    assert resolve(desk.call(), parse("fraud:production")).number == 1
