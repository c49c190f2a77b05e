"""Do approvals, evidence and policies that race on several servers ever let a version through that should not be?

What happened is read back from the ledger, which has one order, and judged by a model that knows nothing of the code:
a move to production was right if the policy in force at that moment asked for as many persons as had approved since the
approvals were last voided.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from holotype.client.api import Client
from holotype.errors import HolotypeError
from tests.support.governance import MOVES, STAGES
from tests.support.postgres import Postgres
from tests.support.server import serving

PEOPLE = ("rita", "rob", "rosa", "ron")
VERSIONS = 6


def policy(count: int) -> str:
    """Return a policy that wants so many approvals, and a good metric."""
    return (
        STAGES
        + MOVES
        + f"""
[[moves]]
from = ["staging", "archived"]
to = "production"
[[moves.approvals]]
count = {count}
exclude = ["requester", "author"]
[[moves.gates]]
gate = "metric"
name = "auc"
at_least = 0.9
"""
    )


@dataclass
class Cluster:
    """Two servers on one PostgreSQL, and clients of the owner and of people on each."""

    owners: list[Client]
    people: dict[str, list[Client]] = field(default_factory=dict)


@pytest.fixture
def cluster(postgres: Postgres, tmp_path: Path) -> Iterator[Cluster]:
    """Each person acts through a service account of theirs."""
    url = postgres.create_database("races")
    shared: dict[str, object] = {"database": url, "store": str(tmp_path / "blobs")}
    with serving(tmp_path / "a", **shared) as one, serving(tmp_path / "b", **shared) as two:
        places = [one.url, two.url]
        found = Cluster([Client(place, one.token) for place in places])
        owner = found.owners[0]
        for name in (*PEOPLE, "dora"):
            owner.create_user(name)
            owner.create_service(f"{name}-bot", owner=name)
            owner.grant(f"{name}-bot", "contributor" if name == "dora" else "reviewer", "registry")
            secret = owner.create_token("t", role="reviewer", principal=f"{name}-bot").secret
            if name == "dora":
                secret = owner.create_token("t2", role="contributor", principal=f"{name}-bot").secret
            found.people[name] = [Client(place, secret) for place in places]
        yield found
    postgres.drop_database("races")


def attempt(outcomes: list[str], action: object) -> None:
    """Do something that may be refused; nothing but a deliberate error may come of it."""
    try:
        outcomes.append(getattr(action(), "status", "done"))  # type: ignore[operator]
    except HolotypeError as error:
        outcomes.append(error.code)


def storm(cluster: Cluster, tmp_path: Path, turn: int) -> list[str]:
    """Ask for production, and let people approve, evaluate, change the policy and roll back, all at once."""
    chance, outcomes = random.Random(turn), []
    number = turn % VERSIONS + 1
    reference = f"default/fraud:{number}"
    dora = cluster.people["dora"][turn % 2]
    waiting = [one for one in dora.promotions(status="pending") if one.version.number == number]
    held = cluster.owners[0].show(reference).stage == "production"
    if held:
        cluster.owners[0].promote(reference, "archived", reason="make room")
    asked = waiting[0] if waiting else dora.promote(reference, "production", reason=f"turn {turn}")
    if asked.status != "pending":
        cluster.owners[0].attest(reference, "evaluation", json.dumps({"metrics": [{"name": "auc", "value": 0.95}]}))
        return [asked.status]
    report = tmp_path / f"evaluation-{turn}.json"
    report.write_text(json.dumps({"metrics": [{"name": "auc", "value": chance.choice([0.85, 0.95, 0.96])}]}))
    wanted = chance.choice([2, 3])
    deeds = [
        *(lambda n=name: chance.choice(cluster.people[n]).approve(asked.id or 0) for name in PEOPLE),
        lambda: cluster.owners[1].apply_policy(policy(wanted), reason=f"{wanted} persons"),
        lambda: cluster.owners[0].attest(reference, "evaluation", report.read_bytes()),
        lambda: cluster.owners[1].rollback("default/fraud", "production", reason="race"),
    ]
    chance.shuffle(deeds)
    threads = [threading.Thread(target=attempt, args=(outcomes, deed)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def wrong(entries: list[object]) -> Iterator[str]:
    """Give a sentence for each move to production that the policy in force did not allow."""
    needed, approved, closed = 0, {}, set()
    for entry in entries:
        action, data = entry.action, entry.data  # type: ignore[attr-defined]
        if action == "policy.applied":
            needed = int(data["reason"].split()[0])
        elif action == "promotion.approved":
            approved.setdefault(data["promotion"], set()).add(entry.actor)  # type: ignore[attr-defined]
        elif action == "promotion.voided":
            approved.pop(data["promotion"], None)
        elif action == "version.moved" and data["to"] == "production":
            got = len(approved.get(data["promotion"], ()))
            if got < needed or data["promotion"] in closed:
                yield f"{entry.sequence}: {got} of {needed} approved"  # type: ignore[attr-defined]
            closed.add(data["promotion"])


def test_no_race_lets_a_version_through(cluster: Cluster, tmp_path: Path) -> None:
    """On two servers, with approvals, evidence, policies and rollbacks at once; and both agree on what is so."""
    owner, files = cluster.owners[0], tmp_path / "model"
    files.mkdir()
    owner.apply_policy(policy(2), reason="2 persons")
    for number in range(1, VERSIONS + 1):
        (files / "weights.bin").write_bytes(b"w%d" % number)
        made = cluster.people["dora"][0].push(files, "default/fraud", code=None, environment=None)
        good = tmp_path / "good.json"
        good.write_text(json.dumps({"metrics": [{"name": "auc", "value": 0.95}]}))
        owner.attest(made.reference, "evaluation", good.read_bytes())
        assert owner.promote(made.reference, "staging").status == "applied"
    outcomes = [one for turn in range(24) for one in storm(cluster, tmp_path, turn)]
    entries = sorted(owner.ledger(limit=None), key=lambda one: one.sequence)
    assert list(wrong(entries)) == []
    moved = [one for one in entries if one.action == "version.moved" and one.data["to"] == "production"]
    assert len(moved) >= 3, outcomes
    assert any(one.action == "promotion.voided" for one in entries), outcomes
    held = [client.versions("default/fraud", query="stage:production") for client in cluster.owners]
    assert [[one.number for one in found] for found in held] in ([[n], [n]] for n in range(1, VERSIONS + 1))
    assert "error" not in outcomes
