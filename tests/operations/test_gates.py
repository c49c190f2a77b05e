"""Do gates see what is there, at a cost that does not grow, and does one more need one more file?"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

import pytest

from holotype import gates
from holotype.access.tables import principals
from holotype.domain.entities import Verdict, Version
from holotype.domain.manifest import File
from holotype.domain.policy import ApprovalRule, GateUse, Rule
from holotype.domain.provenance import Code, Data, Metric, Parent, Provenance
from holotype.domain.references import parse
from holotype.errors import Invalid
from holotype.gates.facts import Facts
from holotype.governance import evidence, policies
from holotype.operations import asking, facts
from holotype.operations.apply_policy import apply_policy
from holotype.operations.promote import promote
from holotype.operations.register import Content, register
from tests.support.counting import statements
from tests.support.registry import Desk

_GATE = '''
"""Is the description long enough?"""

from dataclasses import dataclass
from typing import Annotated

from holotype.domain.entities import Verdict
from holotype.gates.base import Gate
from holotype.gates.facts import Facts


@dataclass(frozen=True, kw_only=True)
class LongDescription(Gate):
    """The description of the version is not too short."""

    at_least: Annotated[int, "How many characters."]

    def ask(self, facts: Facts) -> Verdict:
        """Count them."""
        count = len(facts.candidate.version.description)
        if count >= self.at_least:
            return self.passed(f"Its description has {count} characters.")
        return self.failed(f"Its description has {count} characters, under {self.at_least}.", "Write a longer one.")
'''
_POLICY = """
format = 1
[stages.none]
[stages.staging]
[[moves]]
from = ["none"]
to = "staging"
[[moves.gates]]
gate = "long-description"
at_least = 5
"""


@pytest.fixture
def one_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A gate in a file of its own, in the folder of gates as far as Python can tell."""
    (tmp_path / "long_description.py").write_text(_GATE)
    monkeypatch.setattr(gates, "__path__", [*gates.__path__, str(tmp_path)])
    yield
    sys.modules.pop("holotype.gates.long_description", None)


@pytest.mark.usefixtures("one_more")
def test_a_gate_is_added_by_adding_one_file(desk: Desk) -> None:
    """A policy can name it, what is wrong with its settings is refused, and it decides."""
    desk.register(content=b"a", description="brief")
    desk.register(content=b"b", description="no")
    with pytest.raises(Invalid, match="no setting 'at_last'"):
        apply_policy(desk.call(), "default", _POLICY.replace("at_least", "at_last"))
    apply_policy(desk.call(), "default", _POLICY)
    refused = promote(desk.call(), parse("fraud:2"), "staging")
    assert refused.status == "refused"
    assert "Its description has 2 characters, under 5." in [one.reason for one in refused.verdicts]
    assert promote(desk.call(), parse("fraud:1"), "staging").status == "applied"


def test_it_is_gone_with_its_file() -> None:
    """Nothing is left of it."""
    assert "long-description" not in gates.all()


def gather(desk: Desk, version: Version, rule: Rule | None = None, **given: Any) -> Facts:
    """Return the facts about a version and the move to production, or another target."""
    call = desk.call()
    with desk.registry.database.read() as tx:
        policy = policies.in_force(tx, version.namespace_id)
        told: dict[str, Any] = {
            "source": version.stage,
            "target": "production",
            "policy": policy,
            "rule": rule or Rule(),
        }
        return facts.gather(tx, call, version, **(told | given))


def attach(desk: Desk, version: Version, type_: str, payload: bytes, *, by: str = "ci") -> None:
    """Write evidence."""
    with desk.registry.database.write() as tx:
        evidence.insert(
            tx,
            version,
            type=type_,
            media_type="application/json",
            payload=payload,
            signed_by=None,
            by=by,
            now=desk.call().now,
        )


def test_facts_hold_what_is_known(desk: Desk) -> None:
    """Provenance, card, formats, evidence, ancestors with licences, and whose bytes are missing."""
    desk.register("base", content=b"base", card="---\nlicense: mit\n---\n")
    desk.register("base", content=b"base2", origin=Provenance(parents=[Parent("base:1"), Parent("hf.co/x")]))
    origin = Provenance(
        parents=[Parent("base:2")], metrics=[Metric("auc", 0.9)], code=Code("c", dirty=True), data=[Data("s3://d")]
    )
    lost = File("lost.onnx", "sha256:" + "0" * 64, 1, format="onnx")
    version = desk.register(content=b"w", origin=origin, tags={"licence": "bsd"}, card="# Use")
    attach(desk, version, "evaluation", b'{"metrics": []}')
    found = gather(desk, version)
    assert (found.candidate.card, found.candidate.licence) == ("# Use", "bsd")
    assert found.candidate.provenance.metrics == origin.metrics
    assert [one.type for one in found.candidate.evidence] == ["evaluation"]
    assert sum(count for count, _ in found.candidate.formats.values()) == 1
    above = {(one.reference, one.known, one.licence, one.through) for one in found.ancestors}
    parent = "default/base:2"
    assert above == {
        (parent, True, None, parent),
        ("default/base:1", True, "mit", parent),
        ("hf.co/x", False, None, parent),
    }
    assert found.candidate.missing == ()
    assert lost.digest not in found.candidate.missing


def test_the_incumbent_is_who_holds_the_target_now(desk: Desk) -> None:
    """Of a stage that holds one, or of an alias; never the version itself."""
    first = desk.register(content=b"1", aliases=["champion"])
    second = desk.register(content=b"2")
    assert gather(desk, second).incumbent is None
    alias = gather(desk, second, target="champion", kind="alias").incumbent
    assert alias is not None
    assert alias.version.number == first.number
    assert gather(desk, first, target="champion", kind="alias").incumbent is None
    assert gather(desk, second, target="staging").incumbent is None


def test_persons_stand_behind_service_accounts(desk: Desk) -> None:
    """The author and the requester are who owns them."""
    with desk.registry.database.write() as tx:
        rows = [
            {"id": 71, "name": "rita", "kind": "user", "created_at": 0, "owner_id": None},
            {"id": 72, "name": "rita-ci", "kind": "service", "created_at": 0, "owner_id": 71},
        ]
        tx.execute(principals.insert(), rows)
    made = register(desk.call(actor="rita-ci"), parse("fraud"), Content([desk.held(b"x")]))[0]
    found = gather(desk, made, requester_id=72)
    assert (found.author_id, found.requester_id) == (71, 71)
    assert gather(desk, made, requester_id=71).requester_id == 71


def test_facts_cost_the_same_however_much_there_is(desk: Desk) -> None:
    """A few statements, beside little or much."""
    counts = []
    for size in (1, 30):
        files = [desk.held(b"%d %d" % (size, i), f"{i}.bin") for i in range(size)]
        version = register(desk.call(), parse("many"), Content(files))[0]
        for i in range(size):
            attach(desk, version, "acme.org/x", b'{"i": %d}' % i)
        with statements(desk.registry.database) as sent:
            gather(desk, version)
        counts.append(len([one for one in sent if one[0].lstrip().startswith(("SELECT", "WITH"))]))
    assert counts[0] == counts[1] <= 12, counts


def test_a_gate_that_breaks_has_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    """With a verdict that says so, a line in the log, and the other gates asked all the same."""

    def crash(*_: object) -> Verdict:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(gates.all()["bytes-held"], "ask", crash)
    found = gather(desk, desk.register())
    with caplog.at_level(logging.ERROR):
        broken, fine = asking.ask(found, Rule(gates=(GateUse("bytes-held"), GateUse("not-quarantined"))))
    assert (broken.status, fine.status) == ("failed", "passed")
    assert "ZeroDivisionError" in broken.reason
    assert "secret" not in broken.reason
    assert "bytes-held" in caplog.text


def test_a_rule_that_is_not_understood_refuses(desk: Desk) -> None:
    """An unknown gate, for example of a later release, lets nothing through."""
    (verdict,) = asking.ask(gather(desk, desk.register()), Rule(gates=(GateUse("of-tomorrow"),)))
    assert verdict.status == "failed"


def test_an_override_takes_one_gate_out_of_the_way(desk: Desk) -> None:
    """Only where it does not pass by itself, and only that gate."""
    rule = Rule(
        gates=(GateUse("scan-clean"), GateUse("size-limit", {"files": 9}), GateUse("card-complete", {"fields": ["x"]}))
    )
    found = asking.ask(gather(desk, desk.register()), rule, {"scan-clean": 5, "size-limit": 5})
    assert [(one.status, one.override) for one in found] == [("overridden", 5), ("passed", None), ("missing", None)]


def test_approvals_come_last_and_are_asked_once(desk: Desk) -> None:
    """Even where the policy names the gate as well."""
    rule = Rule(gates=(GateUse("approvals"), GateUse("bytes-held")), approvals=(ApprovalRule(1),))
    assert [one.gate for one in asking.ask(gather(desk, desk.register(), rule), rule)] == ["bytes-held", "approvals"]


def test_going_back_asks_what_protects(desk: Desk) -> None:
    """And not what compares or matures."""
    rule = Rule(gates=(GateUse("bytes-held"), GateUse("soak-time", {"at_least": "1d"})))
    found = gather(desk, desk.register())
    assert [one.gate for one in asking.ask(found, rule, rollback=True)] == ["bytes-held"]


def test_the_policy_that_is_built_in_needs_an_examination() -> None:
    """So that `promote` has it made first."""
    assert asking.needs_examination(Rule(gates=(GateUse("scan-clean"),)))
    assert not asking.needs_examination(Rule(gates=(GateUse("bytes-held"),)))
