"""What do the gates say of a version that came from another registry: without bytes, or without all of its context?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from holotype.domain.provenance import Code, Column, Provenance, Schema, Source
from holotype.gates.facts import Facts
from tests.support.gates import ORIGIN, ask, facts, holder, scan, version

EXTERNAL = {
    "version": version(file_count=0, size=0),
    "provenance": replace(ORIGIN, source=Source("s3://lake/models/7", "ab" * 16, external=True)),
    "formats": {},
}


def external(*papers: Any) -> Facts:
    """Return the facts about a version whose bytes were never taken over."""
    return facts(*papers, dossier=EXTERNAL)


def test_bytes_elsewhere_are_not_held() -> None:
    """The sentence names the place, the remedy both ways out."""
    verdict = ask("bytes-held", external())
    assert verdict.status == "failed"
    assert verdict.reason == "The registry never took over its bytes: they lie at s3://lake/models/7."
    assert verdict.remedy is not None
    assert "import source" in verdict.remedy
    assert "push the files" in verdict.remedy


@pytest.mark.parametrize(
    ("gate", "settings", "reason"),
    [
        ("no-code-formats", {}, "Its files are not here, so nobody knows their formats."),
        ("size-limit", {"at_most": "1 GiB"}, "Its files are not here, so nobody knows their size."),
    ],
)
def test_what_needs_the_files_does_not_pass_without_any(gate: str, settings: dict[str, Any], reason: str) -> None:
    """No file has a bad format and no byte is too much, which says nothing of files that nobody saw."""
    verdict = ask(gate, external(scan()), **settings)
    assert (verdict.status, verdict.reason) == ("missing", reason)


def test_a_scan_of_nothing_is_not_clean() -> None:
    """The scan says so itself, and the gate repeats it."""
    paper = scan(clean=False, errors=[{"path": "", "reason": "Nobody looked into them."}])
    verdict = ask("scan-clean", external(paper))
    assert (verdict.status, verdict.reason) == ("failed", "Scan 1 by holotype says: Nobody looked into them.")
    assert verdict.remedy is not None
    assert "import source" in verdict.remedy


def test_code_whose_changes_are_unknown_does_not_count_unless_the_policy_says_so() -> None:
    """A tracker that notes the commit alone cannot tell."""
    unknown = facts(dossier={"provenance": replace(ORIGIN, code=Code("abc123"))})
    verdict = ask("provenance-complete", unknown)
    assert verdict.status == "missing"
    assert verdict.reason == "It is not on record whether the code differed from its commit abc123."
    assert ask("provenance-complete", unknown, dirty=True).status == "passed"


def schema(*inputs: Column, params: list[Column] | None = None) -> dict[str, Provenance]:
    """Return a dossier with inputs of its own and the usual output."""
    return {"provenance": replace(ORIGIN, schema=Schema(list(inputs), [Column("y", "float", [-1])], params))}


X = Column("x", "float", [-1, 3])
HEAT = Column("temperature", "double", optional=True)


@pytest.mark.parametrize(
    ("new", "old", "reason"),
    [
        (schema(X, Column("z", "int")), schema(X, Column("z", "int", optional=True)), "the input z could be left out"),
        (schema(X), schema(X, params=[HEAT]), "the parameter temperature was removed"),
        (
            schema(X, params=[replace(HEAT, type="long")]),
            schema(X, params=[HEAT]),
            "the parameter temperature was double and is long",
        ),
    ],
)
def test_a_schema_that_wants_more_is_not_compatible(new: Any, old: Any, reason: str) -> None:
    """Neither is one that takes less from its callers."""
    verdict = ask("schema-compatible", facts(dossier=new, incumbent=holder(**old)))
    assert verdict.status == "failed"
    assert reason in verdict.reason


@pytest.mark.parametrize(
    ("new", "old"),
    [
        (schema(X, Column("z", "int", optional=True)), schema(X)),
        (schema(X, Column("z", "int", optional=True)), schema(X, Column("z", "int"))),
        (schema(X, params=[HEAT]), schema(X)),
    ],
)
def test_what_callers_may_leave_out_breaks_nobody(new: Any, old: Any) -> None:
    """An input that is optional may come, and an input may become optional."""
    assert ask("schema-compatible", facts(dossier=new, incumbent=holder(**old))).status == "passed"
