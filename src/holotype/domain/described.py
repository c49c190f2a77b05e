"""What is known about a version, all of it? What a bill of materials and a model card are written from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from holotype.domain import attested
from holotype.domain.entities import Approval, Evidence, Version
from holotype.domain.manifest import File
from holotype.domain.provenance import Provenance


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that somebody measured; ``source`` says where it is from: ``registration``, or the evidence's id."""

    name: str
    value: float
    dataset: str | None
    slice: str | None
    direction: str | None
    source: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What one measure replaces another by, and the order that they are told in."""
        return (self.dataset or "", self.name, self.slice or "")


@dataclass(frozen=True)
class Described:
    """A version with everything that is known about it.

    ``evidence`` is the oldest first, with payloads, ``signed_by`` as the policy in force sees it. ``approvals`` are
    those that stand behind the stage that it is in.
    """

    version: Version
    origin: Provenance
    card: str
    licence: str | None
    files: Sequence[File]
    evidence: Sequence[Evidence] = ()
    approvals: Sequence[Approval] = ()

    @cached_property
    def measures(self) -> list[Measure]:
        """Training metrics, and the evaluations that came later: the last word on each metric, data set and slice."""
        found: dict[tuple[str, str, str], Measure] = {}
        for one in self.origin.metrics:
            made = Measure(one.name, one.value, one.dataset, one.slice, one.direction, "registration")
            found[made.key] = made
        for paper in self.evidence:
            if paper.type == attested.EVALUATION:
                found.update((made.key, made) for made in _measured(paper))
        return [found[key] for key in sorted(found)]

    @cached_property
    def inspected(self) -> Mapping[str, Any]:
        """What the server itself read in the headers of the files."""
        found = [one for one in self.evidence if one.type == attested.INSPECTION and one.created_by == attested.SERVER]
        said = attested.content(found[-1]) if found else None
        return said if isinstance(said, dict) else {}

    @property
    def parameter_count(self) -> int | None:
        """How many parameters the files hold, where their headers say so."""
        count = self.inspected.get("parameters")
        return count if isinstance(count, int) else None

    @property
    def formats(self) -> list[str]:
        """The formats of the files, as the server found them, or as they were announced."""
        looked = self.inspected.get("files")
        told = [one.get("format") for one in looked if isinstance(one, dict)] if isinstance(looked, list) else []
        known = [one for one in told if isinstance(one, str)] or [one.format for one in self.files if one.format]
        return sorted(set(known))


def _measured(paper: Evidence) -> Iterable[Measure]:
    said = attested.content(paper)
    metrics = said.get("metrics") if isinstance(said, dict) else None
    for one in metrics if isinstance(metrics, list) else ():
        if isinstance(one, dict) and isinstance(one.get("name"), str) and isinstance(one.get("value"), int | float):
            words = (one.get("dataset"), one.get("slice"), one.get("direction"))
            yield Measure(one["name"], one["value"], *words, f"evidence {paper.id}")
