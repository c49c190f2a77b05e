"""Can gates be taken out of the way in an emergency, by those who may, for a while, and never silently?"""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from holotype.domain.entities import Actor, Override
from holotype.domain.references import parse
from holotype.errors import Denied, IllegalMove, Invalid, NotFound
from holotype.ledger.tables import ledger_entries
from holotype.operations.call import Call
from holotype.operations.close_override import close_override
from holotype.operations.list_overrides import list_overrides
from holotype.operations.open_override import open_override
from holotype.operations.promote import promote
from holotype.operations.quarantine import quarantine
from tests.support.governance import GOOD, MOVES, STAGES, TWO, Crew, apply, crew
from tests.support.registry import Desk

HOUR = timedelta(hours=1)


def staged(desk: Desk, more: str = "") -> Crew:
    """Return people under the strict policy, with a version in staging that has no evaluation."""
    people = crew(desk)
    apply(desk, STAGES + MOVES + TWO + GOOD + more)
    desk.register(content=b"v1")
    promote(people.call("rita"), parse("fraud:1"), "staging")
    return people


def opened(people: Crew, *gates: str, by: str = "mia", lasts: timedelta = HOUR) -> Override:
    """Open an override of gates on the way to production."""
    return open_override(people.call(by), parse("fraud:1"), "production", gates, reason="outage", lasts=lasts)


def test_an_override_lets_one_version_through_and_says_so(desk: Desk) -> None:
    """Approvals and a gate, by name: the move is applied at once, with the id of the override in its verdicts."""
    people = staged(desk)
    assert promote(people.call("mia"), parse("fraud:1"), "production").status == "refused"
    made = opened(people, "metric", "approvals")
    done = promote(people.call("mia"), parse("fraud:1"), "production", reason="outage")
    assert (done.status, done.version.stage) == ("applied", "production")
    assert {one.gate: (one.status, one.override) for one in done.verdicts} == {
        "metric": ("overridden", made.id),
        "approvals": ("overridden", made.id),
    }
    rows = desk.rows(sa.select(ledger_entries).order_by(ledger_entries.c.sequence))
    assert "override.opened" in [row["action"] for row in rows]
    assert f"metric by override {made.id}" in str(rows[-1]["data"])


def test_an_override_of_one_gate_leaves_the_others(desk: Desk) -> None:
    """Without the metric it still waits for people."""
    people = staged(desk)
    opened(people, "metric")
    assert promote(people.call("dora"), parse("fraud:1"), "production").status == "pending"


def test_a_request_that_waits_is_applied_by_an_override_of_approvals(desk: Desk) -> None:
    """Who may promote says so; the request that waited is the one that is applied."""
    people = staged(desk)
    opened(people, "metric")
    asked = promote(people.call("dora"), parse("fraud:1"), "production")
    opened(people, "approvals")
    done = promote(people.call("mia"), parse("fraud:1"), "production")
    assert (done.id, done.status) == (asked.id, "applied")


def test_an_override_ends(desk: Desk) -> None:
    """After its time, and when it is closed, the gates stand in the way again; until it is closed it is shown."""
    people = staged(desk)
    made = opened(people, "metric", "approvals")
    call = people.call("mia")
    late = Call(call.registry, call.actor, now=call.now + 2 * HOUR)
    assert promote(late, parse("fraud:1"), "production").status == "refused"
    assert [one.id for one in list_overrides(late).items] == [made.id]
    closed = close_override(people.call("mia"), made.id)
    assert closed.closed_by == "mia"
    assert close_override(people.call("mia"), made.id) == closed
    assert promote(people.call("mia"), parse("fraud:1"), "production").status == "refused"
    assert list_overrides(people.call("dora")).items == []
    assert [one.id for one in list_overrides(people.call("dora"), everything=True).items] == [made.id]


def test_who_may_not_override(desk: Desk) -> None:
    """It takes the right, and to be among those whom the policy names."""
    people = staged(desk, '[emergency]\nfrom = ["team:oncall"]\nlongest = "4h"\n')
    with pytest.raises(Denied, match="promotion:override"):
        opened(people, "metric", by="rita")
    with pytest.raises(Denied, match="policy does not let"):
        opened(people, "metric", by="mia")
    people.person("otto", "maintainer", team="oncall")
    assert opened(people, "metric", by="otto").gates == ("metric",)


@pytest.mark.parametrize("gates", [(), ("metrik",), ("bytes-held",), ("not-quarantined",)])
def test_what_cannot_be_overridden(desk: Desk, gates: tuple[str, ...]) -> None:
    """No gate, one that nobody asks, and those that hold always."""
    people = staged(desk)
    with pytest.raises(Invalid):
        opened(people, *gates)


@pytest.mark.parametrize("lasts", [timedelta(), timedelta(days=2)])
def test_an_override_has_an_end(desk: Desk, lasts: timedelta) -> None:
    """Neither none nor a later one than the policy allows."""
    people = staged(desk)
    with pytest.raises(Invalid, match="lasts up to"):
        opened(people, "metric", lasts=lasts)


def test_an_override_makes_no_move_legal(desk: Desk) -> None:
    """It is about gates of a move that the policy has, towards a stage that it knows."""
    people = staged(desk)
    with pytest.raises(IllegalMove):
        open_override(people.call("mia"), parse("fraud:1"), "staging", ["metric"], reason="x", lasts=HOUR)
    with pytest.raises(Invalid, match="neither a stage"):
        open_override(people.call("mia"), parse("fraud:1"), "moon", ["metric"], reason="x", lasts=HOUR)
    with pytest.raises(Invalid, match="reason"):
        open_override(people.call("mia"), parse("fraud:1"), "production", ["metric"], reason=" ", lasts=HOUR)


def test_a_recall_is_not_overridden(desk: Desk) -> None:
    """A version in quarantine goes nowhere but out, whatever the policy and its overrides say."""
    people = staged(desk)
    opened(people, "metric", "approvals")
    quarantine(desk.call(), "fraud:1", reason="poisoned")
    done = promote(people.call("mia"), parse("fraud:1"), "production")
    assert done.status == "refused"
    assert [one.status for one in done.verdicts if one.gate == "not-quarantined"] == ["failed"]
    assert promote(people.call("mia"), parse("fraud:1"), "archived").status == "applied"


def test_who_may_not_read_sees_no_override(desk: Desk) -> None:
    """Neither in the list nor by its number."""
    people = staged(desk)
    made = opened(people, "metric")
    hidden = Call(desk.registry, Actor("eve", 99, people.call("mia").actor.permissions, namespace="else"))
    assert list_overrides(hidden).items == []
    with pytest.raises(NotFound):
        close_override(hidden, made.id)
