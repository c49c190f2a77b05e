"""Does a version tell where it may go, what holds it, and what lies beside it?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from holotype import Client
from holotype.domain.entities import Actor, Right
from holotype.domain.permissions import ROLES, Permission
from holotype.domain.provenance import Data, Provenance
from holotype.domain.references import parse
from holotype.errors import NotFound
from holotype.operations.apply_policy import apply_policy
from holotype.operations.attest import attest
from holotype.operations.call import Call
from holotype.operations.delete import delete_version
from holotype.operations.open_override import open_override
from holotype.operations.promote import promote
from holotype.operations.quarantine import quarantine
from holotype.operations.situation import situation
from tests.support.counting import statements
from tests.support.governance import STAGES
from tests.support.registry import Desk
from tests.support.server import Running, serving
from tests.support.shell import Shell, shell_of

POLICY = f"""{STAGES}
[[moves]]
from = ["none"]
to = "staging"

[[moves]]
from = ["staging"]
to = "production"
[[moves.gates]]
gate = "scan-clean"
[[moves.approvals]]
count = 2

[[moves]]
from = ["none", "staging", "production"]
to = "archived"

[[aliases]]
pattern = "champion*"
[[aliases.approvals]]
count = 1

[emergency]
from = ["user:ada"]
"""


def test_it_lists_the_moves_that_the_policy_has_from_here(desk: Desk) -> None:
    """In the order of the stages, with what each asks for."""
    apply_policy(desk.call(), "default", POLICY, reason="test")
    desk.register("fraud")
    found = situation(desk.call(), parse("fraud:1"))
    assert [(one.target, one.gates, one.approvals, one.lacks) for one in found.ways] == [
        ("staging", (), 0, None),
        ("archived", (), 0, None),
    ]
    promote(desk.call(), parse("fraud:1"), "staging")
    found = situation(desk.call(), parse("fraud:1"))
    assert [(one.target, one.gates, one.approvals) for one in found.ways] == [
        ("production", ("scan-clean",), 2),
        ("archived", (), 0),
    ]
    assert (found.policy, found.protected, found.holding) == (1, ("champion*",), True)


def test_what_waits_is_shown_with_its_promotion(desk: Desk) -> None:
    """Beside the way that it is for, and among the last promotions."""
    apply_policy(desk.call(), "default", POLICY, reason="test")
    desk.register("fraud")
    promote(desk.call(), parse("fraud:1"), "staging")
    asked = promote(desk.call(), parse("fraud:1"), "production", reason="better")
    found = situation(desk.call(), parse("fraud:1"))
    assert [one.waiting for one in found.ways] == [asked.id, None]
    assert [(one.status, one.target) for one in found.promotions] == [("pending", "production"), ("applied", "staging")]


def test_somebody_without_the_right_is_told_which_one(desk: Desk) -> None:
    """A contributor may ask where somebody approves, and not move where nobody does."""
    apply_policy(desk.call(), "default", POLICY, reason="test")
    desk.register("fraud")
    promote(desk.call(), parse("fraud:1"), "staging")

    def lacks(role: str, stages: frozenset[str] | None = None) -> list[Permission | None]:
        right = Right(ROLES[role], "default", stages=stages)
        call: Call = replace(desk.call(), actor=Actor("eve", 7, rights=(right,)))
        return [one.lacks for one in situation(call, parse("fraud:1")).ways]

    assert lacks("reader") == [Permission.PROMOTION_REQUEST] * 2
    assert lacks("contributor") == [None, Permission.VERSION_PROMOTE]
    assert lacks("reviewer", frozenset({"production"})) == [None, Permission.VERSION_PROMOTE]
    assert lacks("reviewer") == [None, None]


def test_neighbours_are_those_that_are_there(desk: Desk) -> None:
    """The deleted are passed over; what is in production is named."""
    for content in (b"1", b"2", b"3", b"4"):
        desk.register("fraud", content)
    desk.register("other")
    promote(desk.call(), parse("fraud:4"), "staging")
    promote(desk.call(), parse("fraud:4"), "production")
    delete_version(desk.call(), parse("fraud:2"))
    found = situation(desk.call(), parse("fraud:3"))
    assert (found.before, found.after, found.production) == (1, 4, 4)
    assert situation(desk.call(), parse("fraud:1")).before is None


def test_a_deleted_version_goes_nowhere(desk: Desk) -> None:
    """It is there for who asks for it by name."""
    desk.register("fraud")
    delete_version(desk.call(), parse("fraud:1"))
    with pytest.raises(NotFound):
        situation(desk.call(), parse("fraud:1"))
    found = situation(desk.call(), parse("fraud:1"), deleted=True)
    assert (found.ways, found.version.deleted_at is None) == ((), False)


def test_what_holds_it_is_shown(desk: Desk) -> None:
    """Quarantines with their reasons, overrides that nobody closed, and evidence by type."""
    apply_policy(desk.call(), "default", POLICY, reason="test")
    desk.register("fraud", origin=Provenance(data=[Data("s3://lake")]))
    desk.register("fraud", b"other")
    quarantine(desk.call(), "dataset:s3://lake", reason="labels swapped")
    attest(desk.call(), parse("fraud:1"), "acme.org/x", b"[1]")
    promote(desk.call(), parse("fraud:2"), "staging")
    gates = ["scan-clean"]
    lasts = timedelta(hours=1)
    open_override(desk.call(), parse("fraud:2"), "production", gates, reason="outage", lasts=lasts)
    first, second = (situation(desk.call(), parse(f"fraud:{number}")) for number in (1, 2))
    assert [(one.subject, one.reason) for one in first.quarantines] == [("dataset:s3://lake", "labels swapped")]
    assert first.evidence["acme.org/x"] == 1
    assert (second.quarantines, [one.reason for one in second.overrides]) == ((), ["outage"])


def test_it_costs_a_few_statements(desk: Desk) -> None:
    """However many versions and promotions there are beside it."""
    for number in range(6):
        desk.register("fraud", b"%d" % number)
        promote(desk.call(), parse(f"fraud:{number + 1}"), "staging")
    quarantine(desk.call(), "fraud:1", reason="bad")
    with statements(desk.registry.database) as sent:
        situation(desk.call(), parse("fraud:1"))
    assert len(sent) <= 9


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with two versions, one in quarantine."""
    folder = tmp_path_factory.mktemp("situation")
    with serving(folder / "server") as running:
        with Client(running.url, running.token) as client:
            for number in (1, 2):
                (folder / "weights.bin").write_bytes(b"%d" % number)
                client.push(folder / "weights.bin", "default/fraud", code=None)
            client.quarantine("default/fraud:2", reason="labels swapped")
        yield running


def test_a_program_and_a_person_see_it(server: Running, tmp_path: Path) -> None:
    """Through the client, and in what `show` prints."""
    with Client(server.url, server.token) as client:
        found = client.situation("fraud:2")
        assert (found.before, found.after, found.version) == (1, None, "default/fraud:2")
        assert [one.target for one in found.ways] == ["staging", "archived"]
        assert found.quarantines[0].reason == "labels swapped"
    shell: Shell = shell_of(server, tmp_path)
    told = shell.run("show", "fraud:2").stdout
    assert "labels swapped" in told
    assert "staging" in next(line for line in told.splitlines() if line.startswith("may go to"))
