"""Do versions move as the lifecycle says, and is exactly one in production?"""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from holotype.catalogue.tables import versions
from holotype.domain.permissions import ROLES
from holotype.domain.references import parse
from holotype.errors import (
    AmbiguousReference,
    Conflict,
    Denied,
    HolotypeError,
    IdempotencyMismatch,
    IllegalMove,
    Invalid,
    NotFound,
)
from holotype.ledger.tables import ledger_entries
from holotype.operations.promote import promote
from holotype.operations.resolve import resolve
from holotype.operations.rollback import rollback
from holotype.operations.show import show_model
from holotype.wire import present
from tests.support.registry import Desk


def stages(desk: Desk) -> dict[object, object]:
    """Return the stage of each number."""
    return {row["number"]: row["stage"] for row in desk.rows(sa.select(versions))}


def release(desk: Desk, number: int) -> None:
    """Take a version to production by the legal way."""
    promote(desk.call(), parse(f"fraud:{number}"), "staging")
    promote(desk.call(), parse(f"fraud:{number}"), "production", reason="better")


def three(desk: Desk) -> None:
    """Register three versions."""
    for i in (1, 2, 3):
        desk.register(content=b"v%d" % i)


def test_the_replaced_version_goes_to_archived_in_the_same_transaction(desk: Desk) -> None:
    """Both moves are in the ledger, one after the other, at one moment."""
    three(desk)
    release(desk, 1)
    promote(desk.call(), parse("fraud:2"), "staging")
    promotion = promote(desk.call(), parse("fraud:2"), "production", reason="auc +0.02")
    assert promotion.status == "applied"
    assert promotion.replaced is not None
    assert (promotion.source, promotion.target, promotion.replaced.number) == ("staging", "production", 1)
    assert stages(desk) == {1: "archived", 2: "production", 3: "none"}
    last = desk.rows(sa.select(ledger_entries).order_by(ledger_entries.c.sequence))[-2:]
    assert [row["action"] for row in last] == ["version.moved", "version.replaced"]
    assert last[0]["time"] == last[1]["time"]


def test_a_model_says_what_is_in_production(desk: Desk) -> None:
    """The number, or nothing; a deleted version counts no more."""
    three(desk)
    assert show_model(desk.call(), parse("fraud"))[0].production is None
    release(desk, 2)
    shown = show_model(desk.call(), parse("fraud"))[0]
    assert (shown.production, shown.latest) == (2, 3)


def test_an_illegal_move_changes_nothing(desk: Desk) -> None:
    """``none`` does not lead to ``production``."""
    three(desk)
    with pytest.raises(IllegalMove):
        promote(desk.call(), parse("fraud:1"), "production")
    assert stages(desk) == {1: "none", 2: "none", 3: "none"}


def test_a_dry_run_says_what_would_happen_and_changes_nothing(desk: Desk) -> None:
    """It names the version that would be replaced."""
    three(desk)
    release(desk, 1)
    promote(desk.call(), parse("fraud:2"), "staging")
    before = len(desk.rows(sa.select(ledger_entries)))
    promotion = promote(desk.call(), parse("fraud:2"), "production", dry_run=True)
    assert promotion.status == "possible"
    assert promotion.replaced is not None
    assert promotion.replaced.number == 1
    assert stages(desk)[2] == "staging"
    assert len(desk.rows(sa.select(ledger_entries))) == before


def test_who_may_not_promote_is_denied(desk: Desk) -> None:
    """A contributor registers; moving needs another role."""
    three(desk)
    with pytest.raises(Denied):
        promote(desk.call(rights=ROLES["contributor"]), parse("fraud:1"), "staging")


def test_a_retried_promotion_is_answered_again(desk: Desk) -> None:
    """The same key with the same request does not move twice; with another request it is refused."""
    three(desk)
    first = promote(desk.call(key="k"), parse("fraud:1"), "staging")
    again = promote(desk.call(key="k"), parse("fraud:1"), "staging")
    assert (again.status, again.source, again.version.number) == (first.status, first.source, 1)
    with pytest.raises(IdempotencyMismatch):
        promote(desk.call(key="k"), parse("fraud:2"), "staging")


def test_racing_moves_leave_exactly_one_in_production(desk: Desk) -> None:
    """Twelve threads move six versions at once; whoever comes last stands, all others are archived."""
    for i in range(6):
        desk.register(content=b"v%d" % i)
        promote(desk.call(), parse(f"fraud:{i + 1}"), "staging")
    calls = [desk.call() for _ in range(12)]
    outcomes: list[str] = []

    def move(turn: int) -> None:
        try:
            outcomes.append(promote(calls[turn], parse(f"fraud:{turn % 6 + 1}"), "production").status)
        except HolotypeError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=move, args=(turn,)) for turn in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = list(stages(desk).values())
    assert found.count("production") == 1
    assert found.count("archived") == 5
    assert sorted(outcomes) == ["applied"] * 6 + ["illegal-move"] * 6


def test_rollback_gives_the_stage_back_to_who_held_it_before(desk: Desk) -> None:
    """One command, from archived straight to production, as an event of its own."""
    three(desk)
    release(desk, 1)
    release(desk, 2)
    promotion = rollback(desk.call(), parse("fraud"), "production", reason="complaints")
    assert promotion.version.number == 1
    assert stages(desk) == {1: "production", 2: "archived", 3: "none"}
    actions = [row["action"] for row in desk.rows(sa.select(ledger_entries).order_by(ledger_entries.c.sequence))]
    assert actions[-2:] == ["version.rolled-back", "version.replaced"]


def test_rolling_back_twice_goes_further_back(desk: Desk) -> None:
    """The version that was rolled away from does not come back by rolling back again."""
    three(desk)
    for number in (1, 2, 3):
        release(desk, number)
    assert rollback(desk.call(), parse("fraud"), "production", reason="bad").version.number == 2
    assert rollback(desk.call(), parse("fraud"), "production", reason="still bad").version.number == 1
    with pytest.raises(Conflict, match="No earlier version"):
        rollback(desk.call(), parse("fraud"), "production", reason="nothing left")


def test_a_retried_rollback_goes_back_once(desk: Desk) -> None:
    """An answer that was lost must not cost the version before, too."""
    three(desk)
    for number in (1, 2, 3):
        release(desk, number)
    first = rollback(desk.call(key="k"), parse("fraud"), "production", reason="bad")
    again = rollback(desk.call(key="k"), parse("fraud"), "production", reason="bad")
    assert present.promotion(again) == present.promotion(first)
    assert resolve(desk.call(), parse("fraud:production")).number == 2


def test_rollback_fills_an_empty_stage_with_its_last_holder(desk: Desk) -> None:
    """Production was emptied by archiving; the one before comes back."""
    three(desk)
    release(desk, 1)
    promote(desk.call(), parse("fraud:1"), "archived")
    assert rollback(desk.call(), parse("fraud"), "production", reason="needed").version.number == 1


def test_rollback_needs_a_reason_and_a_stage_that_holds_one(desk: Desk) -> None:
    """Going back has no meaning for a stage that holds many."""
    three(desk)
    with pytest.raises(Invalid, match="reason"):
        rollback(desk.call(), parse("fraud"), "production", reason=" ")
    with pytest.raises(Invalid, match="any number"):
        rollback(desk.call(), parse("fraud"), "staging", reason="x")


def test_a_stage_with_several_versions_is_ambiguous(desk: Desk) -> None:
    """The error lists the numbers; with one version it resolves."""
    three(desk)
    promote(desk.call(), parse("fraud:1"), "staging")
    assert resolve(desk.call(), parse("fraud:staging")).number == 1
    promote(desk.call(), parse("fraud:3"), "staging")
    with pytest.raises(AmbiguousReference, match="3, 1"):
        resolve(desk.call(), parse("fraud:staging"))


def test_what_was_in_production_on_any_day_is_answered(desk: Desk) -> None:
    """Before, between and after the moves; and nothing before the first."""
    three(desk)
    moments = [desk.call().now]
    for number in (1, 2):
        release(desk, number)
        moments.append(desk.call().now)
    rollback(desk.call(), parse("fraud"), "production", reason="bad")
    moments.append(desk.call().now)
    with pytest.raises(NotFound):
        resolve(desk.call(), parse("fraud:production"), at=moments[0])
    found = [resolve(desk.call(), parse("fraud:production"), at=moment).number for moment in moments[1:]]
    assert found == [1, 2, 1]
    assert resolve(desk.call(), parse("fraud:production")).number == 1


def test_numbers_and_latest_are_answered_for_any_day_too(desk: Desk) -> None:
    """A number means nothing before its version existed."""
    desk.register(content=b"v1")
    between = desk.call().now
    desk.register(content=b"v2")
    assert resolve(desk.call(), parse("fraud:latest"), at=between).number == 1
    assert resolve(desk.call(), parse("fraud:none"), at=between).number == 1
    assert resolve(desk.call(), parse("fraud:1"), at=between).number == 1
    with pytest.raises(NotFound):
        resolve(desk.call(), parse("fraud:2"), at=between)
