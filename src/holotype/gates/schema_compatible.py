"""Can the version stand where the incumbent stands, for those who call it?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from holotype.domain.entities import Verdict
from holotype.domain.provenance import Column, Schema
from holotype.gates import papers
from holotype.gates.base import Gate
from holotype.gates.facts import Facts


@dataclass(frozen=True, kw_only=True)
class SchemaCompatible(Gate):
    """The version takes what the incumbent takes and returns at least what it returns, in type and shape."""

    added_inputs: Annotated[bool, "Whether the version may want inputs that the incumbent does not."] = False
    unknown: Annotated[bool, "Whether an incumbent passes whose schema is not on record."] = False

    def ask(self, facts: Facts) -> Verdict:
        """Name what was removed, added, retyped or reshaped."""
        if facts.incumbent is None:
            return self.passed(f"No version holds {papers.cited(facts.target)}, so there is no schema to keep.")
        new, old = facts.candidate.provenance.schema, facts.incumbent.provenance.schema
        remedy = "Register it again with its schema, which `holotype push` reads from a model of MLflow."
        if new is None or not _says(new):
            return self.missing("Its schema (inputs and outputs) is not on record.", remedy)
        name = facts.incumbent.version.reference
        if old is None or not _says(old):
            if self.unknown:
                return self.passed(f"The schema of {name} is not on record, which the policy lets pass.")
            return self.missing(
                f"The schema of {name}, which it would replace, is not on record.",
                "Set `unknown = true` of the gate in the policy until a version with a schema holds the place.",
            )
        broken = [
            *self._inputs(new.inputs, old.inputs),
            *_changes("parameter", new.params or (), old.params or ()),
            *_changes("output", new.outputs, old.outputs),
        ]
        if broken:
            callers = f"What works with {name} would break"
            return self.failed(
                f"{callers}: {'; '.join(broken[:3])}{_rest(broken)}.", "Register one that keeps the schema."
            )
        return self.passed(
            f"It takes and returns what {name} does: {len(old.inputs)} inputs, {len(old.outputs)} outputs."
        )

    def _inputs(self, new: Sequence[Column], old: Sequence[Column]) -> Iterator[str]:
        yield from _changes("input", new, old)
        known = {column.name: column for column in old}
        for one in new:
            before = known.get(one.name)
            if before is None and not (self.added_inputs or one.optional):
                yield f"the input {papers.cited(one.name)} was added"
            elif before is not None and before.optional and not one.optional:
                yield f"the input {papers.cited(one.name)} could be left out"


def _says(schema: Schema) -> bool:
    return bool(schema.inputs or schema.outputs)


def _rest(broken: Sequence[str]) -> str:
    return f"; and {len(broken) - 3} more" if len(broken) > 3 else ""


def _changes(side: str, new: Sequence[Column], old: Sequence[Column]) -> Iterator[str]:
    """Give what became of the columns that there were."""
    if len({column.name for column in new}) < len(new):
        yield f"two {side}s have one name"
        return
    by_name = {column.name: column for column in new}
    for before in old:
        after = by_name.get(before.name)
        name = f"the {side} {papers.cited(before.name)}"
        if after is None:
            yield f"{name} was removed"
        elif after.type != before.type:
            yield f"{name} was {papers.cited(before.type)} and is {papers.cited(after.type)}"
        elif not (_fits(after.shape, before.shape) if side == "output" else _fits(before.shape, after.shape)):
            yield f"{name} had the shape {before.shape} and has {after.shape}"


def _fits(given: list[int] | None, wanted: list[int] | None) -> bool:
    """Say whether values of one shape can go where another is wanted; -1 stands for any length."""
    if wanted is None:
        return True
    if given is None or len(given) != len(wanted):
        return False
    return all(want in (-1, have) for have, want in zip(given, wanted, strict=True))
