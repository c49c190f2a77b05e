"""Is an expression what it says, and can none stop the server?"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import Mock

import pytest

from holotype.domain.references import parse
from holotype.errors import Invalid, Unavailable
from holotype.gates.expression import variables
from holotype.operations import expressions
from holotype.operations.create_namespace import create_namespace
from holotype.operations.promote import promote
from holotype.operations.warming import warm_all
from tests.support.gates import ask, evaluation, facts, holder, paper
from tests.support.governance import MOVES, STAGES, apply
from tests.support.registry import Desk

ASKS = '[[moves.gates]]\ngate = "expression"\nwhen = "version.number == 1"\n'
TEN = "[1,2,3,4,5,6,7,8,9,10]"


@pytest.fixture(autouse=True)
def child() -> Iterator[None]:
    """Leave no child behind."""
    yield
    expressions.stop()


@pytest.mark.parametrize(
    "expression",
    [
        "version.number == 7 && version.size < 4 * 1024 * 1024",
        "evidence.exists(e, e.type == 'evaluation' && e.payload.metrics.exists(m, m.name == 'auc' && m.value > 0.9))",
        "incumbent == null || version.provenance.parameters.depth >= incumbent.provenance.parameters.depth",
        "timestamp(now) - timestamp(version.created_at) > duration('24h')",
        "source == 'staging' && target == 'production' && version.licence in ['mit', 'bsd']",
        "!has(version.tags.risk) || version.tags.risk == 'low'",
        "version.formats.all(name, name in ['safetensors', 'onnx'])",
    ],
)
def test_an_expression_sees_version_evidence_and_incumbent(expression: str) -> None:
    """Each of them, as the documentation says."""
    about = facts(evaluation(0.93), incumbent=holder(), evaluate=expressions.evaluate)
    verdict = ask("expression", about, when=expression)
    assert verdict.status == "passed", verdict


def test_what_is_not_there_has_no_value() -> None:
    """And lets nothing through."""
    about = facts(paper("acme.org/x", b"\xff"), evaluate=expressions.evaluate)
    assert ask("expression", about, when="version.tags.risk == 'low'").status == "missing"
    assert ask("expression", about, when="evidence[0].payload.ok").status == "missing"
    assert ask("expression", about, when="evidence[9].payload.ok").status == "missing"
    assert ask("expression", about, when="1 / 0 == 1").status == "missing"


@pytest.mark.parametrize("expression", ["1 +", "versoin.size > 1", "e.x == 1", "(" * 900, "x'", "\0"])
def test_what_is_no_expression_is_refused_beforehand(expression: str) -> None:
    """When the policy is applied."""
    with pytest.raises(Invalid):
        expressions.check(expression)


@pytest.mark.parametrize(
    "expression",
    [
        f"{TEN}.all(a," * 9 + "true" + ")" * 9,
        f"{TEN}.map(a," * 8 + "1" + ")" * 8 + " == []",
    ],
    ids=["time", "memory"],
)
def test_hostile_expressions_end(expression: str) -> None:
    """Within a second or so, whatever they want; the next one has an answer."""
    expressions.check(expression)
    with pytest.raises((Unavailable, Invalid)):
        expressions.evaluate(expression, {})
    assert expressions.evaluate("1 < 2", {}) is True


def test_threads_take_turns() -> None:
    """Each gets its own answer."""
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda i: expressions.evaluate(f"version + {i}", {"version": 1}), range(50))
        assert list(found) == [1 + i for i in range(50)]


def test_a_child_that_died_is_replaced() -> None:
    """Without anybody noticing."""
    assert expressions.evaluate("1", {}) == 1
    child = expressions._child
    assert child is not None
    os.kill(child._process.pid, 9)
    child._process.wait()
    assert expressions.evaluate("1", {}) == 1


def test_the_child_is_started_before_a_transaction_is(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the policy has an expression, and nowhere else: nobody can write while it starts."""
    desk.register(content=b"v1")
    promote(desk.call(), parse("fraud:1"), "staging")
    assert not running()
    apply(desk, STAGES + MOVES + '[[moves]]\nfrom = ["staging"]\nto = "none"\n' + ASKS)
    expressions.stop()
    warm_all(desk.call())
    assert running()
    expressions.stop()
    start = Mock(side_effect=in_no_transaction(desk, expressions._Child))
    monkeypatch.setattr(expressions, "_Child", start)
    assert promote(desk.call(), parse("fraud:1"), "none").status == "applied"
    assert start.call_count == 1


def running() -> bool:
    """Say whether there is a child."""
    return expressions._child is not None


def in_no_transaction(desk: Desk, make: type) -> Callable[[], object]:
    """Return what makes a child while somebody else can write."""

    def made() -> object:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(create_namespace, desk.call(), "meanwhile").result(10)
        return make()

    return made


def test_variables_are_plain() -> None:
    """They cross to another process as JSON."""
    found = variables(facts(evaluation(0.9), incumbent=holder()))
    assert set(found) == {"version", "evidence", "incumbent", "source", "target", "now"}
