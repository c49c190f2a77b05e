"""What do approvals, policy changes and evidence leave behind when they arrive at the same moment?"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial

import sqlalchemy as sa

from holotype.catalogue.tables import versions
from holotype.domain.references import parse
from holotype.errors import HolotypeError
from holotype.ledger.tables import ledger_entries
from holotype.ledger.verify import verify_chain
from holotype.operations.apply_policy import apply_policy
from holotype.operations.approve import approve
from holotype.operations.promote import promote
from holotype.operations.show_promotion import show_promotion
from holotype.operations.withdraw import withdraw
from tests.support.governance import GOOD, MOVES, STAGES, TWO, Crew, apply, attest, crew
from tests.support.registry import Desk

POLICY = STAGES + MOVES + TWO + GOOD
ROUNDS = 6


def at_once(steps: Sequence[Callable[[], object]]) -> list[str]:
    """Take all steps at the same moment and return what became of each, errors by their code."""
    outcomes: list[str] = []
    gate = threading.Barrier(len(steps))

    def run(step: Callable[[], object]) -> None:
        gate.wait()
        try:
            done = step()
            outcomes.append(str(getattr(done, "status", "done")))
        except HolotypeError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=run, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def asked(desk: Desk, people: Crew, number: int) -> int:
    """Bring a good version to staging and ask for production."""
    desk.register(content=b"v%d" % number)
    promote(people.call("rita"), parse(f"fraud:{number}"), "staging")
    attest(desk, f"fraud:{number}", 0.95)
    return promote(people.call("dora"), parse(f"fraud:{number}"), "production").id or 0


def actions(desk: Desk) -> list[tuple[object, object]]:
    """Return what the ledger says of what, in order."""
    rows = desk.rows(sa.select(ledger_entries).order_by(ledger_entries.c.sequence))
    return [(row["action"], row["subject"]) for row in rows]


def production(desk: Desk) -> list[object]:
    """Return the numbers in production."""
    return [row["number"] for row in desk.rows(sa.select(versions)) if row["stage"] == "production"]


def test_approvals_at_once_move_once(desk: Desk) -> None:
    """Three approve where two are needed: one of them moves it, and the third finds it decided."""
    people = crew(desk)
    apply(desk, POLICY)
    for number in range(1, ROUNDS + 1):
        identifier = asked(desk, people, number)
        calls = [people.call(name) for name in ("rita", "rob", "rosa")]
        outcomes = at_once([partial(approve, call, identifier) for call in calls])
        assert sorted(outcomes) == ["applied", "conflict", "pending"]
        assert production(desk) == [number]
        assert [one for one in actions(desk) if one == ("version.moved", f"default/fraud:{number}")] != []


def test_a_policy_that_races_an_approval_decides_one_way(desk: Desk) -> None:
    """Either it was approved under the old rules first, or the new ones voided what there was."""
    people = crew(desk)
    apply(desk, POLICY)
    for number in range(1, ROUNDS + 1):
        identifier = asked(desk, people, number)
        approve(people.call("rita"), identifier)
        last, change = people.call("rob"), desk.call()
        text = f"{POLICY}# {number}\n"
        at_once([partial(approve, last, identifier), partial(apply_policy, change, "default", text)])
        found = show_promotion(people.call("dora"), identifier)
        told = [action for action, _ in actions(desk) if action in ("version.moved", "policy.applied")]
        if found.status == "applied":
            assert told[-2:] == ["version.moved", "policy.applied"]
        else:
            standing = [one.principal for one in found.approvals if one.voided is None]
            assert (found.status, told[-1]) == ("pending", "policy.applied")
            assert standing in ([], ["rob"])
            withdraw(people.call("dora"), identifier)


def test_evidence_that_races_an_approval_decides_one_way(desk: Desk) -> None:
    """Nothing moves after evidence against it arrived."""
    people = crew(desk)
    apply(desk, POLICY)
    for number in range(1, ROUNDS + 1):
        identifier = asked(desk, people, number)
        approve(people.call("rita"), identifier)
        last = people.call("rob")
        at_once([partial(approve, last, identifier), partial(attest, desk, f"fraud:{number}", 0.1)])
        found = show_promotion(people.call("dora"), identifier)
        about = [action for action, subject in actions(desk) if subject == f"default/fraud:{number}"]
        if found.status == "applied":
            assert about[-1] == "evidence.attested"
        else:
            assert found.status == "pending"
            assert all(one.voided for one in found.approvals)
            withdraw(people.call("dora"), identifier)
    with desk.registry.database.snapshot() as tx:
        assert verify_chain(tx).fault is None
