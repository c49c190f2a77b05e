"""Does a rollback go back only to versions that still may be there, and does it say whom it passed over?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from holotype.access import principals
from holotype.domain.entities import Override
from holotype.domain.references import parse
from holotype.errors import Conflict, Denied, IllegalMove
from holotype.operations.approve import approve
from holotype.operations.open_override import open_override
from holotype.operations.promote import promote
from holotype.operations.quarantine import quarantine
from holotype.operations.resolve import resolve
from holotype.operations.rollback import rollback
from tests.support.governance import MOVES, STAGES, TWO, Crew, apply, crew
from tests.support.registry import Desk

ONE = """
[[moves]]
from = ["staging"]
to = "production"
"""


def released(desk: Desk, people: Crew, *numbers: int) -> None:
    """Bring versions to production, one after the other, with the approvals of rita and rob where they are asked."""
    for number in numbers:
        desk.register(content=b"v%d" % number)
        promote(people.call("mia"), parse(f"fraud:{number}"), "staging")
        done = promote(people.call("mia"), parse(f"fraud:{number}"), "production")
        for name in ("rita", "rob") if done.status == "pending" else ():
            done = approve(people.call(name), done.id or 0)
        assert done.status == "applied"


def back(people: Crew) -> int:
    """Roll production back and return the number that holds it now."""
    return rollback(people.call("mia"), parse("fraud"), "production", reason="slow").version.number


def test_one_person_goes_back_on_the_approvals_that_stand(desk: Desk) -> None:
    """The former promotion was approved by two persons, and they still are who they were."""
    people = crew(desk)
    apply(desk, STAGES + MOVES + TWO)
    released(desk, people, 1, 2)
    done = rollback(people.call("mia"), parse("fraud"), "production", reason="slow")
    assert (done.version.number, done.kind, done.status, done.note) == (1, "rollback", "applied", "")
    assert done.replaced is not None
    assert done.replaced.number == 2


def test_a_version_whose_approvals_fell_is_passed_over(desk: Desk) -> None:
    """Who approved version 2 left; it goes back to version 1, and the answer says why."""
    people = crew(desk)
    apply(desk, STAGES + MOVES + ONE)
    released(desk, people, 1)
    apply(desk, STAGES + MOVES + TWO)
    released(desk, people, 2, 3)
    with desk.registry.database.write() as tx:
        principals.change(tx, people.known["rob"][0].id, disabled_at=1)
    with pytest.raises(Conflict, match=r"fraud:2: .*1 of 2 given.*fraud:1: .*0 of 2 given"):
        back(people)
    apply(desk, STAGES + MOVES + ONE)
    assert back(people) == 2


def test_a_quarantined_version_is_passed_over(desk: Desk) -> None:
    """The one before it is taken, and the reason is in the answer."""
    people = crew(desk)
    apply(desk, STAGES + MOVES + TWO)
    released(desk, people, 1, 2, 3)
    quarantine(desk.call(), "fraud:2", reason="poisoned")
    done = rollback(people.call("mia"), parse("fraud"), "production", reason="slow")
    assert done.version.number == 1
    assert "fraud:2" in done.note
    assert "poisoned" in done.note
    with pytest.raises(Conflict):
        back(people)


def test_a_rollback_takes_the_right_to_move(desk: Desk) -> None:
    """Who may only ask for promotions may not roll back."""
    people = crew(desk)
    apply(desk, STAGES + MOVES + TWO)
    released(desk, people, 1, 2)
    with pytest.raises(Denied):
        rollback(people.call("dora"), parse("fraud"), "production", reason="x")
    assert resolve(desk.call(), parse("fraud:production")).number == 2


def test_a_stage_that_no_move_leads_to_gets_nobody_back(desk: Desk) -> None:
    """Where the policy dropped the way, a rollback is no back door."""
    people = crew(desk)
    apply(desk, STAGES + MOVES + ONE)
    released(desk, people, 1, 2)
    apply(desk, STAGES + MOVES)
    with pytest.raises(Conflict, match="no move to production"):
        back(people)


def test_in_an_emergency_an_override_opens_the_way_back(desk: Desk) -> None:
    """The rules became stricter since: approvals that the former holder never had are overridden, for it alone."""
    people = crew(desk)
    apply(desk, STAGES + MOVES + ONE)
    released(desk, people, 1, 2)
    desk.register(content=b"never there")
    apply(desk, STAGES + MOVES + TWO)
    with pytest.raises(Conflict, match="0 of 2 given"):
        back(people)
    for reference in ("fraud:3", "fraud:2"):
        with pytest.raises(IllegalMove):
            emergency(people, reference)
    made = emergency(people, "fraud:1")
    done = rollback(people.call("mia"), parse("fraud"), "production", reason="outage")
    assert (done.version.number, done.status) == (1, "applied")
    assert [(one.gate, one.override) for one in done.verdicts] == [("approvals", made.id)]


def emergency(people: Crew, reference: str) -> Override:
    """Take the approvals out of the way to production."""
    call, lasts = people.call("mia"), timedelta(hours=1)
    return open_override(call, parse(reference), "production", ["approvals"], reason="outage", lasts=lasts)
