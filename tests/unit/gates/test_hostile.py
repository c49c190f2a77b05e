"""Can evidence that strangers wrote make a gate crash, or pass?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holotype import gates
from holotype.domain.entities import Evidence
from holotype.domain.policy import ApprovalRule, TrustedKey
from holotype.domain.provenance import Column, Metric, Provenance, Schema
from holotype.gates.facts import Ancestor
from tests.support.gates import NOW, approval, ask, evaluation, facts, holder, paper

USES: dict[str, dict[str, Any]] = {
    "metric": {"name": "auc", "at_least": 0.9},
    "better-than-incumbent": {"name": "auc"},
    "evidence": {"type": "test-report", "not_older_than": "1d"},
    "card-complete": {"fields": ["license"], "headings": ["Use"]},
    "licence-allowed": {"allow": ["mit"]},
    "size-limit": {"files": 1},
    "soak-time": {"at_least": "1d"},
    "expression": {"when": "true"},
}
BROKEN = [
    b"",
    b"\xff\xfe",
    b"{",
    b"null",
    b"[]",
    b"7",
    b'{"metrics": 7}',
    b'{"metrics": [7, null, [], {}]}',
    b'{"metrics": [{"name": ["auc"], "value": 1}]}',
    b'{"metrics": [{"name": "auc", "value": "1"}]}',
    b'{"metrics": [{"name": "auc", "value": true}]}',
    b'{"metrics": [{"name": "auc", "value": NaN}]}',
    b'{"metrics": [{"name": "auc", "value": Infinity}]}',
    b'{"metrics": [{"name": "auc", "value": 1e999}]}',
    b'{"metrics": [{"name": "auc", "value": 1' + b"0" * 400 + b"}]}",
    b'{"metrics": [{"name": "auc", "value": 1' + b"0" * 5000 + b"}]}",
    b'{"metrics": [{"name": "auc", "value": 1}], "metrics": []}',
    b'{"a":' * 100_000,
    b"[" * 100_000,
]


@pytest.mark.parametrize("payload", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_evaluation_says_nothing(payload: bytes) -> None:
    """Neither a crash nor a value."""
    assert (
        ask("metric", facts(paper("evaluation", payload)), name="auc", at_least=0.95, source="evaluation").status
        == "missing"
    )


@pytest.mark.parametrize("payload", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_scan_is_not_clean(payload: bytes) -> None:
    """Not even when the registry wrote it."""
    assert ask("scan-clean", facts(paper("scan", payload, by="holotype"))).status == "failed"


def test_a_metric_that_is_no_number_in_provenance_does_not_count() -> None:
    """Old rows may hold what is refused today."""
    about = facts(dossier={"provenance": Provenance(metrics=[Metric("auc", float("nan"))])})
    assert ask("metric", about, name="auc", at_least=0).status == "missing"


def test_text_of_strangers_is_cited_on_one_line() -> None:
    """No line breaks, no control characters, not too long."""
    finding = {"path": "a\n\x1b[31m" + "x" * 500, "name": "n\u202e", "severity": "high"}
    told = {"scanner": "s", "scanner_version": "1", "clean": False, "files": 1, "findings": [finding], "errors": []}
    reason = ask("scan-clean", facts(paper("scan", told, by="holotype"))).reason
    assert reason.isprintable()
    assert len(reason) < 400


def test_a_direction_that_a_stranger_states_does_not_override_the_policy() -> None:
    """Worse stays worse."""
    about = facts(evaluation(0.1, direction="lower"), incumbent=holder())
    assert ask("better-than-incumbent", about, name="auc", direction="higher").status == "failed"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
_KEYS = (
    "metrics",
    "name",
    "value",
    "auc",
    "clean",
    "findings",
    "errors",
    "files",
    "failed",
    "formats",
    "path",
    "first",
)
_SHAPED = st.recursive(
    _JSON, lambda inner: st.dictionaries(st.sampled_from(_KEYS), inner | st.lists(inner, max_size=3), max_size=6)
)
_TYPES = st.sampled_from(["evaluation", "test-report", "scan", "inspection", "signature", "card", "acme.org/x"])
_BY = st.sampled_from(["holotype", "eve"])
_TIME = st.floats(-1e4, 1e4)


@st.composite
def _papers(draw: st.DrawFn) -> Evidence:
    payload: object = draw(_SHAPED | st.binary(max_size=50))
    made = paper(draw(_TYPES), payload, id_=draw(st.integers(1, 50)), by=draw(_BY), days=draw(_TIME))
    return replace(
        made, signed_by=draw(st.none() | st.just("k")), media_type=draw(st.sampled_from(["application/json", "x/y"]))
    )


_COLUMNS = st.lists(
    st.builds(Column, st.text(max_size=3), st.text(max_size=3), st.none() | st.lists(st.integers(), max_size=3)),
    max_size=3,
)
_ORIGINS = st.builds(
    Provenance,
    metrics=st.lists(st.builds(Metric, st.sampled_from(["auc", "x"]), st.floats()), max_size=3),
    schema=st.none() | st.builds(Schema, _COLUMNS, _COLUMNS),
)


@given(
    papers=st.lists(_papers(), max_size=5),
    theirs=st.none() | st.lists(_papers(), max_size=3),
    origin=_ORIGINS,
    card=st.text(max_size=200),
    above=st.lists(st.builds(Ancestor, st.text(), st.booleans(), st.none() | st.text(), st.text()), max_size=3),
    people=st.lists(st.builds(approval, st.text(max_size=3), st.integers(1, 4), at=st.integers(0, 9)), max_size=4),
    later=_TIME,
)
@settings(deadline=None, max_examples=150)
def test_no_facts_make_a_gate_raise(
    papers: Any, theirs: Any, origin: Provenance, card: str, above: Any, people: Any, later: float
) -> None:
    """Whatever is known, each gate answers with one printable sentence."""
    about = facts(
        *papers,
        incumbent=None if theirs is None else holder(*theirs, provenance=origin),
        dossier={"provenance": origin, "card": card},
        ancestors=tuple(above),
        approvals=tuple(people),
        rules=(ApprovalRule(2, (), frozenset({"author"})),),
        keys=(TrustedKey("k", ""),),
        now=NOW + timedelta(days=later),
        evaluate=lambda _expression, _variables: True,
    )
    for name in gates.all():
        verdict = ask(name, about, **USES.get(name, {}))
        assert verdict.status in {"passed", "failed", "missing"}
        assert verdict.reason.isprintable(), (name, verdict)
