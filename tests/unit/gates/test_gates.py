"""Does every gate pass what it should, and refuse the rest with a sentence and a way out?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from holotype.domain.policy import ApprovalRule, TrustedKey
from holotype.domain.provenance import Code, Column, Provenance, Schema
from holotype.gates.facts import Ancestor, Facts
from tests.support.gates import (
    NOW,
    ORIGIN,
    approval,
    ask,
    evaluation,
    facts,
    holder,
    inspection,
    paper,
    scan,
    version,
)

KEYS = (TrustedKey("release", "PEM"), TrustedKey("qa", "PEM"))
Settings = dict[str, Any]
_MINIMUM: Settings = {"name": "auc", "at_least": 0.9}
_BETTER: Settings = {"name": "auc", "margin": 0.01}
_RULE = ApprovalRule(2, ("role:reviewer", "user:eve"), frozenset({"requester", "author"}))
_PEOPLE = (approval("bob", 2), approval("eve", 3, roles=frozenset()))


def _schema(*inputs: Column, out: tuple[Column, ...] = (Column("y", "float", [-1]),)) -> Settings:
    return {"provenance": Provenance(schema=Schema(list(inputs), list(out)))}


def _origin(**changes: Any) -> Settings:
    return {"provenance": Provenance(**({"data": ORIGIN.data, "code": ORIGIN.code, "run": ORIGIN.run} | changes))}


def _count(_expression: str, variables: Any) -> object:
    return len(variables["evidence"]) > 0


def _raise(_expression: str, _variables: Any) -> object:
    raise ValueError("no such key")


PASSES: list[tuple[str, Settings, Facts]] = [
    ("metric", _MINIMUM, facts(evaluation(0.93))),
    ("metric", _MINIMUM, facts()),
    ("metric", {"name": "loss", "at_most": 0.2, "source": "provenance"}, facts()),
    ("metric", _MINIMUM | {"dataset": "h", "slice": "de"}, facts(evaluation(0.93, dataset="h", slice="de"))),
    ("metric", _MINIMUM, facts(evaluation(0.1), evaluation(0.95, id_=2))),
    ("better-than-incumbent", _BETTER, facts()),
    ("better-than-incumbent", _BETTER, facts(evaluation(0.92), incumbent=holder())),
    (
        "better-than-incumbent",
        {"name": "auc", "margin": 0.1},
        facts(evaluation(0.3), incumbent=holder(evaluation(0.2, of=3))),
    ),
    (
        "better-than-incumbent",
        {"name": "loss", "direction": "lower"},
        facts(evaluation(0.1, "loss"), incumbent=holder()),
    ),
    ("evidence", {"type": "test-report"}, facts(paper("test-report", {"passed": 4, "failed": 0}))),
    ("evidence", {"type": "acme.org/fair", "not_older_than": "2d"}, facts(paper("acme.org/fair", {}))),
    ("evidence", {"type": "card", "by": ["ci"], "signed": True}, facts(paper("card", b"# x", signed_by="qa"))),
    ("no-code-formats", {}, facts(inspection("safetensors", "onnx"))),
    ("no-code-formats", {"allow": ["pickle"]}, facts(inspection("pickle", "onnx"))),
    (
        "no-code-formats",
        {},
        facts(paper("inspection", {"files": [], "formats": {"onnx": {"files": 2, "first": "a"}}}, by="holotype")),
    ),
    ("scan-clean", {}, facts(scan())),
    ("scan-clean", {"unreadable": True}, facts(scan(errors=[{"path": "a", "reason": "odd"}]))),
    ("scan-clean", {}, facts(scan(), scan(by="eve", id_=2, clean=False), scan(by="eve", id_=3))),
    ("signed", {}, facts(paper("signature", {}, signed_by="qa"), keys=KEYS)),
    ("signed", {"keys": ["release"]}, facts(paper("signature", {}, signed_by="release"), keys=KEYS)),
    ("card-complete", {"fields": ["license"], "headings": ["intended USE"]}, facts()),
    ("provenance-complete", {}, facts()),
    ("provenance-complete", {"dirty": True}, facts(dossier=_origin(code=Code("a", dirty=True)))),
    ("licence-allowed", {"allow": ["MIT"]}, facts()),
    ("licence-allowed", {"allow": ["mit"]}, facts(ancestors=(Ancestor("a/b:1", True, "Mit", "a/b:1"),))),
    (
        "licence-allowed",
        {"allow": ["mit"], "cleared": ["hf.co/*"]},
        facts(ancestors=(Ancestor("hf.co/x", False, None),)),
    ),
    ("licence-allowed", {"allow": ["mit"], "parents": False}, facts(ancestors=(Ancestor("x", False, None),))),
    ("schema-compatible", {}, facts()),
    ("schema-compatible", {}, facts(incumbent=holder())),
    ("schema-compatible", {"unknown": True}, facts(incumbent=holder(provenance=Provenance()))),
    ("bytes-held", {}, facts()),
    ("not-quarantined", {}, facts()),
    ("size-limit", {"at_most": "3 MiB", "files": 2}, facts()),
    ("soak-time", {"at_least": "2d"}, facts()),
    ("expression", {"when": "evidence.size() > 0"}, facts(scan(), evaluate=_count)),
    ("approvals", {}, facts(rules=(_RULE,), approvals=_PEOPLE, author_id=9, requester_id=8)),
]
_WIDE = _schema(Column("x", "float", [-1, 3]), Column("z", "int"))
REFUSES: list[tuple[str, Settings, Facts, str, str]] = [
    ("metric", _MINIMUM, facts(evaluation(0.89)), "failed", "auc is 0.89 by evaluation 1, under the 0.9"),
    ("metric", {"name": "loss", "at_most": 0.1}, facts(), "failed", "loss is 0.2 by its provenance, over the 0.1"),
    ("metric", {"name": "f1", "at_least": 1}, facts(), "missing", "f1 is not known from any evaluation or the prov"),
    ("metric", _MINIMUM | {"slice": "de"}, facts(evaluation(0.99)), "missing", "auc for the slice de is not known"),
    (
        "metric",
        _MINIMUM | {"source": "evaluation", "signed_by": ["qa"]},
        facts(evaluation(0.99)),
        "missing",
        "auc is not known from any evaluation that qa signed",
    ),
    (
        "better-than-incumbent",
        _BETTER,
        facts(evaluation(0.915), incumbent=holder()),
        "failed",
        "auc is 0.915; that of risk/fraud:3 is 0.91: 0.005 better, where at least 0.01 better is asked for",
    ),
    ("better-than-incumbent", {"name": "auc"}, facts(incumbent=holder()), "failed", "the same, where better"),
    ("better-than-incumbent", {"name": "f1"}, facts(incumbent=holder()), "missing", "f1 of risk/fraud:7 is not known"),
    (
        "better-than-incumbent",
        {"name": "f1"},
        facts(evaluation(1, "f1"), incumbent=holder()),
        "missing",
        "f1 of risk/fraud:3",
    ),
    (
        "better-than-incumbent",
        {"name": "loss"},
        facts(incumbent=holder()),
        "missing",
        "whether a higher or a lower loss",
    ),
    (
        "better-than-incumbent",
        {"name": "auc"},
        facts(evaluation(0.1, direction="lower"), incumbent=holder()),
        "failed",
        "opposite things",
    ),
    ("evidence", {"type": "test-report"}, facts(), "missing", "There is no test-report."),
    ("evidence", {"type": "card", "signed": True}, facts(paper("card", b"#")), "missing", "1 such pieces do not count"),
    (
        "evidence",
        {"type": "card", "not_older_than": "12h"},
        facts(paper("card", b"#")),
        "missing",
        "1 day old; 12 hours",
    ),
    ("evidence", {"type": "test-report"}, facts(paper("test-report", {"failed": 3})), "failed", "3 tests failed"),
    (
        "no-code-formats",
        {},
        facts(dossier={"formats": {"pickle": (2, "a.pkl")}}),
        "failed",
        "2 files are pickle, e.g. a.pkl",
    ),
    (
        "no-code-formats",
        {},
        facts(inspection("onnx", "pytorch")),
        "failed",
        "1.bin is pytorch, which can run code, whatever",
    ),
    ("no-code-formats", {}, facts(inspection("onnx")), "missing", "knows the formats of 1 of 2 files"),
    ("no-code-formats", {}, facts(inspection("onnx", "onnx", by="eve")), "missing", "0 of 2 files"),
    ("scan-clean", {}, facts(), "missing", "The registry has not scanned it"),
    ("scan-clean", {}, facts(dossier={"version": version(examined=False)}), "missing", "The scan is under way"),
    ("scan-clean", {}, facts(scan(by="eve")), "missing", "has not scanned it"),
    ("scan-clean", {"not_older_than": "12h"}, facts(scan()), "missing", "1 day"),
    (
        "scan-clean",
        {},
        facts(scan(clean=False, findings=[{"path": "a.pkl", "name": "os.system", "severity": "critical"}])),
        "failed",
        "Scan 1 by holotype has 1 finding, e.g. os.system in a.pkl",
    ),
    (
        "scan-clean",
        {},
        facts(scan(errors=[{"path": "a", "reason": "torn"}])),
        "failed",
        "could not read 1 file, e.g. a: torn",
    ),
    ("scan-clean", {}, facts(scan(), scan(by="eve", id_=2, clean=False)), "failed", "Scan 2 by eve"),
    ("scan-clean", {}, facts(paper("scan", b"\xff{", by="holotype")), "failed", "does not say that it is clean"),
    ("signed", {}, facts(), "failed", "trusts too few keys"),
    ("signed", {}, facts(paper("signature", {}, signed_by=None), keys=KEYS), "missing", "signature by qa or release"),
    (
        "signed",
        {"keys": ["qa"]},
        facts(paper("signature", {}, signed_by="release"), keys=KEYS),
        "missing",
        "signature by qa",
    ),
    ("signed", {"keys": ["old"]}, facts(keys=KEYS), "failed", "old is not among [[keys]]"),
    ("signed", {"at_least": 2}, facts(paper("signature", {}, signed_by="qa"), keys=KEYS), "missing", "needs 1 more"),
    ("signed", {}, facts(paper("evaluation", {}, signed_by="qa"), keys=KEYS), "missing", "signature by"),
    ("card-complete", {"fields": ["license"]}, facts(dossier={"card": ""}), "missing", "There is no model card"),
    ("card-complete", {"headings": ["Limits"]}, facts(), "missing", "lacks text below Limits"),
    (
        "card-complete",
        {"fields": ["license"]},
        facts(dossier={"card": "---\nlicense: !!str mit\n---\n"}),
        "missing",
        "front matter is not read: Line 2",
    ),
    (
        "card-complete",
        {"fields": ["owner"], "headings": ["Bias"]},
        facts(),
        "missing",
        "the field owner, the heading Bias",
    ),
    ("provenance-complete", {}, facts(dossier={"provenance": Provenance()}), "missing", "the data that went in"),
    (
        "provenance-complete",
        {},
        facts(dossier=_origin(code=Code("a", dirty=True))),
        "failed",
        "differed from its commit a",
    ),
    ("licence-allowed", {"allow": ["gpl"]}, facts(), "failed", "licence mit is not among those allowed: gpl"),
    ("licence-allowed", {"allow": ["mit"]}, facts(dossier={"licence": None}), "missing", "Its licence is not known"),
    (
        "licence-allowed",
        {"allow": ["mit"]},
        facts(ancestors=(Ancestor("hf.co/x", False, None, "hf.co/x"),)),
        "missing",
        "licence of hf.co/x is not known",
    ),
    (
        "licence-allowed",
        {"allow": ["mit"]},
        facts(ancestors=(Ancestor("secret/one:1", True, "gpl", "a/b:1"),)),
        "failed",
        "The licence gpl of something that a/b:1 was made from",
    ),
    (
        "schema-compatible",
        {},
        facts(dossier={"provenance": Provenance()}, incumbent=holder()),
        "missing",
        "not on record",
    ),
    ("schema-compatible", {}, facts(incumbent=holder(provenance=Provenance())), "missing", "which it would replace"),
    ("schema-compatible", {}, facts(incumbent=holder(**_WIDE)), "failed", "the input z was removed"),
    ("schema-compatible", {}, facts(dossier=_WIDE, incumbent=holder()), "failed", "the input z was added"),
    (
        "schema-compatible",
        {},
        facts(dossier=_schema(Column("x", "int", [-1, 3])), incumbent=holder()),
        "failed",
        "the input x was float and is int",
    ),
    (
        "schema-compatible",
        {},
        facts(dossier=_schema(Column("x", "float", [1, 3])), incumbent=holder()),
        "failed",
        "the input x had the shape [-1, 3] and has [1, 3]",
    ),
    ("bytes-held", {}, facts(dossier={"missing": ("sha256:0",)}), "failed", "The bytes of 1 of 2 files are not held"),
    (
        "not-quarantined",
        {},
        facts(quarantines=("bad data (dataset:x)",)),
        "failed",
        "in quarantine: bad data (dataset:x)",
    ),
    ("not-quarantined", {}, facts(dossier={"version": version(quarantined_at=NOW)}), "failed", "in quarantine"),
    ("size-limit", {"at_most": 10}, facts(), "failed", "It has 3 MiB, over the 10 bytes"),
    ("size-limit", {"files": 1}, facts(), "failed", "It has 2 files; 1 are allowed"),
    ("soak-time", {"at_least": "49h"}, facts(), "failed", "in staging for 2 days, short of 2 days"),
    ("soak-time", {"at_least": "1h", "stage": "canary"}, facts(), "failed", "It is in staging, not in canary"),
    ("expression", {"when": "evidence.size() > 0"}, facts(evaluate=_count), "failed", "evidence.size() > 0 is false"),
    ("expression", {"when": "x", "because": "No x."}, facts(evaluate=_count), "failed", "No x. (x is false.)"),
    ("expression", {"when": "x"}, facts(evaluate=_raise), "missing", "x has no value: no such key"),
    ("expression", {"when": "1"}, facts(evaluate=lambda *_: 1), "failed", "1 is 1, neither true nor false"),
    ("expression", {"when": "x"}, facts(), "failed", "Nothing here can evaluate"),
    ("approvals", {}, facts(), "failed", "does not say how many"),
    (
        "approvals",
        {},
        facts(rules=(_RULE,), approvals=_PEOPLE[:1]),
        "missing",
        "It needs 1 more approval from role:reviewer or user:eve, other than the requester or author (1 of 2 given)",
    ),
]


@pytest.mark.parametrize(("gate", "settings", "about"), PASSES)
def test_it_passes(gate: str, settings: Settings, about: Facts) -> None:
    """With a sentence all the same."""
    verdict = ask(gate, about, **settings)
    assert verdict.status == "passed", verdict
    assert verdict.gate == gate
    assert verdict.reason.endswith(".")


@pytest.mark.parametrize(("gate", "settings", "about", "status", "reason"), REFUSES)
def test_it_refuses_with_a_sentence(gate: str, settings: Settings, about: Facts, status: str, reason: str) -> None:
    """Which holds the figures; where evidence lacks, the remedy says what brings it."""
    verdict = ask(gate, about, **settings)
    assert verdict.status == status, verdict
    assert reason in verdict.reason
    assert verdict.reason.rstrip(")").endswith(".")
    assert status == "failed" or verdict.remedy


def test_every_gate_is_among_those_that_pass_and_refuse() -> None:
    """No gate is without both."""
    from holotype import gates  # noqa: PLC0415 - the only use

    assert {case[0] for case in PASSES} == {case[0] for case in REFUSES} == set(gates.all())


@pytest.mark.parametrize(
    ("people", "given"),
    [
        ((approval("bob", 2), approval("bob-ci", 2)), 1),
        ((approval("ada", 9), approval("rita", 8), approval("bob", 2)), 1),
        ((approval("bob", 2), approval("dan", 4, roles=frozenset({"reader"}))), 1),
        ((approval("bob", 2), approval("bob", 2, at=1, decision="rejected")), 0),
        ((approval("bob", 2, voided="new evidence"),), 0),
    ],
    ids=["one person twice", "author and requester", "no reviewer", "changed their mind", "voided"],
)
def test_approvals_count_persons(people: Any, given: int) -> None:
    """Distinct ones, of the right kind, whose word still holds."""
    verdict = ask("approvals", facts(rules=(_RULE,), approvals=people, author_id=9, requester_id=8))
    assert (verdict.status, f"({given} of 2 given)" in verdict.reason) == ("missing", True), verdict


def test_evidence_about_other_bytes_does_not_count() -> None:
    """A row that names another digest says nothing about this version."""
    other = evaluation(0.99, of=3)
    assert ask("metric", facts(other), name="auc", at_least=0.95).status == "failed"


def test_the_remedy_names_the_command() -> None:
    """It can be copied."""
    remedy = ask("metric", facts(), name="f1", at_least=1).remedy
    assert remedy == "Attach an evaluation with it: `holotype attest risk/fraud:7 --type evaluation FILE`."


def test_time_is_the_moment_of_the_move() -> None:
    """A day later the same evidence is too old."""
    about = facts(paper("card", b"#"), now=NOW + timedelta(days=1, seconds=1))
    assert ask("evidence", about, type="card", not_older_than="2d").status == "missing"
