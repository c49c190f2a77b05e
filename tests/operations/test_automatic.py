"""Do moves that the policy calls automatic happen by themselves, once all their gates pass, and only then?"""

from __future__ import annotations

import pickle

import sqlalchemy as sa

from holotype.domain.references import parse
from holotype.ledger.tables import ledger_entries
from holotype.ledger.verify import verify_chain
from holotype.operations.examining import ensure
from holotype.operations.list_promotions import Wanted, list_promotions
from holotype.operations.quarantine import quarantine
from holotype.operations.resolve import resolve
from holotype.operations.ripen import Round
from tests.support.governance import GOOD, STAGES, apply, attest
from tests.support.registry import Desk

NO_QUESTION = """
[[moves.gates]]
gate = "size-limit"
at_most = "1 GiB"
"""
BY_ITSELF = """
[[moves]]
from = ["none"]
to = "staging"
automatic = true
"""
CIRCLE = """
[[moves]]
from = ["staging"]
to = "none"
automatic = true
"""


def stage(desk: Desk) -> str:
    """Return where the version is."""
    return resolve(desk.call(), parse("fraud:1")).stage


def test_a_move_fires_when_evidence_arrives(desk: Desk) -> None:
    """Not while a gate says no; then at once, by the registry itself, in the ledger and among the promotions."""
    apply(desk, STAGES + BY_ITSELF + GOOD)
    desk.register(content=b"v1")
    attest(desk, "fraud:1", 0.5)
    assert stage(desk) == "none"
    assert list_promotions(desk.call(), Wanted()).items == []
    attest(desk, "fraud:1", 0.95)
    assert stage(desk) == "staging"
    last = desk.rows(sa.select(ledger_entries).order_by(ledger_entries.c.sequence.desc()).limit(1))[0]
    assert (last["action"], last["actor"]) == ("version.moved", "holotype")
    made = list_promotions(desk.call(), Wanted()).items[0]
    assert (made.status, made.requested_by, made.reason) == ("applied", "holotype", "automatic: every gate passes")


def test_moves_in_a_circle_end(desk: Desk) -> None:
    """A version enters no stage twice because of one piece of evidence."""
    apply(desk, STAGES + BY_ITSELF + GOOD + CIRCLE + GOOD)
    desk.register(content=b"v1")
    attest(desk, "fraud:1", 0.95)
    assert stage(desk) == "staging"


def test_a_recalled_version_does_not_move_by_itself(desk: Desk) -> None:
    """Even where the policy forgot to ask."""
    apply(desk, STAGES + BY_ITSELF + GOOD)
    desk.register(content=b"v1")
    quarantine(desk.call(), "fraud:1", reason="poisoned")
    attest(desk, "fraud:1", 0.95)
    assert stage(desk) == "none"


def test_an_examination_fires_moves_from_where_the_version_is(desk: Desk) -> None:
    """Its first result moves the version; its second one is about a version that was elsewhere when it began."""
    apply(desk, STAGES + BY_ITSELF + NO_QUESTION)
    ensure(desk.call(), desk.register(content=pickle.dumps([1])))
    assert stage(desk) == "staging"
    assert len([one for one in desk.rows(sa.select(ledger_entries)) if one["action"] == "version.moved"]) == 1
    with desk.registry.database.read() as tx:
        assert verify_chain(tx).sound


def test_what_is_recalled_during_its_examination_stays(desk: Desk) -> None:
    """The examination has looked at it before the recall, and ends after it."""
    apply(desk, STAGES + BY_ITSELF + NO_QUESTION)
    version = desk.register(content=pickle.dumps([1]))
    quarantine(desk.call(), "fraud:1", reason="poisoned")
    ensure(desk.call(), version)
    assert stage(desk) == "none"


def test_the_worker_finds_what_became_possible(desk: Desk) -> None:
    """A policy that came after the evidence: the next round moves what may move, and then there is nothing left."""
    desk.register(content=b"v1")
    attest(desk, "fraud:1", 0.95)
    desk.register("other", content=b"v2")
    apply(desk, STAGES + BY_ITSELF + GOOD)
    assert stage(desk) == "none"
    work = Round()
    assert work(desk.call()) == 1
    assert stage(desk) == "staging"
    assert resolve(desk.call(), parse("other:1")).stage == "none"
    assert work(desk.call()) == 0
