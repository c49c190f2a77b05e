"""Is it on record where the version came from?"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from holotype.domain.entities import Verdict
from holotype.domain.provenance import Code, Provenance
from holotype.gates import papers
from holotype.gates.base import Gate
from holotype.gates.facts import Facts

_LACKING: dict[str, tuple[Callable[[Provenance], bool], str, str]] = {
    "data": (lambda one: not one.data, "the data that went in", "--data URI"),
    "digests": (
        lambda one: not one.data or not all(data.digest for data in one.data),
        "a digest of each data set",
        "the digests, from Python: `client.push(…, data=…)`",
    ),
    "code": (
        lambda one: one.code is None or not one.code.commit.strip(),
        "the commit of the code",
        "its code in a Git work tree",
    ),
    "run": (lambda one: one.run is None or not one.run.id.strip(), "the run that made it", "--run ID"),
    "parents": (lambda one: not one.parents, "what it was made from", "--parent REF"),
    "environment": (
        lambda one: one.environment is None or not (one.environment.python or one.environment.frameworks),
        "its environment",
        "its environment (not `--no-environment`)",
    ),
    "parameters": (lambda one: not one.parameters, "its parameters", "--param NAME=VALUE"),
    "metrics": (lambda one: not one.metrics, "metrics of its training", "--metric NAME=VALUE"),
    "schema": (
        lambda one: one.schema is None or not (one.schema.inputs and one.schema.outputs),
        "what it takes and returns",
        "--schema FILE",
    ),
}

_LOGGED = {
    "data": "`mlflow.log_input(…)`",
    "code": "the script in a Git work tree (GitPython installed)",
    "run": "a run: `with mlflow.start_run(): …`",
    "parameters": "`mlflow.log_params(…)`",
    "metrics": "`mlflow.log_metrics(…)`",
    "schema": "`input_example=` or `signature=`",
}
"""The same for who registers through MLflow."""


@dataclass(frozen=True, kw_only=True)
class ProvenanceComplete(Gate):
    """Registration recorded where the version came from; code counts when no change was uncommitted."""

    fields: Annotated[tuple[str, ...], f"What has to be on record: {', '.join(_LACKING)}."] = ("data", "code", "run")
    dirty: Annotated[bool, "Whether code counts that had uncommitted changes, or may have had some."] = False

    def check(self) -> str | None:
        """Want fields that a provenance has."""
        if not self.fields:
            return "give at least one of the fields."
        strange = next((name for name in self.fields if name not in _LACKING), None)
        if strange is None:
            return None
        near = difflib.get_close_matches(strange, _LACKING, 1)
        hint = f"Did you mean {near[0]!r}?" if near else f"Fields: {', '.join(_LACKING)}."
        return f"there is no field {strange[:80]!r}. {hint}"

    def ask(self, facts: Facts) -> Verdict:
        """Name what is lacking; provenance never changes, so only another version has it."""
        origin = facts.candidate.provenance
        lacking = [name for name in self.fields if _LACKING[name][0](origin)]
        if lacking:
            said = papers.listed([_LACKING[name][1] for name in lacking], 5)
            return self.missing(f"The provenance lacks {said}.", _remedy(origin, lacking))
        if "code" in self.fields and not self.dirty and origin.code is not None and origin.code.dirty is not False:
            return self._unclean(origin.code)
        return self.passed(f"The provenance has {', '.join(self.fields)}.")

    def _unclean(self, code: Code) -> Verdict:
        commit = papers.cited(code.commit, 12)
        if code.dirty is None:
            reason = f"It is not on record whether the code differed from its commit {commit}."
            return self.missing(reason, "Push it from its Git work tree, or set `dirty = true` of the gate.")
        reason = f"The code differed from its commit {commit} when the version was made."
        return self.failed(reason, "Commit the changes and register the version again.")


def _remedy(origin: Provenance, lacking: Sequence[str]) -> str:
    """Say how the next version has what this one lacks, by the way on which it came."""
    if origin.source is None:
        return f"Push it again with {', '.join(_LACKING[name][2] for name in lacking)}."
    return f"Log it again with {', '.join(_LOGGED.get(name, _LACKING[name][1]) for name in lacking)}."
