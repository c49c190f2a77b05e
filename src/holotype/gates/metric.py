"""Is a metric high, or low, enough?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from holotype.domain import attested
from holotype.domain.entities import Verdict
from holotype.gates import papers
from holotype.gates.base import Gate
from holotype.gates.facts import Facts
from holotype.gates.measures import Measured, Source


@dataclass(frozen=True, kw_only=True)
class Metric(Measured, Gate):
    """A metric is at least, or at most, a value, as the last evaluation or the provenance says."""

    name: Annotated[str, "The name of the metric."]
    at_least: Annotated[float | None, "The lowest value that passes."] = None
    at_most: Annotated[float | None, "The highest value that passes."] = None
    dataset: Annotated[str | None, "The data set that it was measured on; without it, one that names none."] = None
    slice: Annotated[str | None, "The part of the data set that it was measured on."] = None
    source: Annotated[Source, "Whose word counts: evaluations, the provenance, or evaluations first."] = "any"
    signed_by: Annotated[tuple[str, ...], "Keys of the policy: only evaluations that one of them signed count."] = ()

    def check(self) -> str | None:
        """Want a bound, and bounds that leave room between them."""
        if self.at_least is None and self.at_most is None:
            return "give at_least, at_most or both."
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            return f"nothing is at least {self.at_least:g} and at most {self.at_most:g}."
        return self.check_source()

    def ask(self, facts: Facts) -> Verdict:
        """Compare the value with its bounds."""
        version = facts.candidate.version
        found = self.measure(facts.candidate)
        if found is None:
            reason = f"{self.sought} is not known{self.looked_in}."
            return self.missing(reason, self.bring(version))
        value = papers.figure(found.value)
        said = f"{self.sought} is {value} by {found.origin}"
        remedy = (
            f"Register a better version, or evaluate this one again: {papers.attest(version, attested.EVALUATION)}."
        )
        if self.at_least is not None and found.value < self.at_least:
            return self.failed(f"{said}, under the {papers.figure(self.at_least)} that it needs.", remedy)
        if self.at_most is not None and found.value > self.at_most:
            return self.failed(f"{said}, over the {papers.figure(self.at_most)} that is allowed.", remedy)
        bounds = [("at least", self.at_least), ("at most", self.at_most)]
        told = " and ".join(f"{word} {papers.figure(bound)}" for word, bound in bounds if bound is not None)
        return self.passed(f"{said}; {told} is asked for.")
