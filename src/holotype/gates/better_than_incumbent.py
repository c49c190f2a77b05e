"""Is the version better than the one that it would replace?"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from holotype.domain.entities import Verdict
from holotype.gates import papers
from holotype.gates.base import Gate
from holotype.gates.facts import Facts
from holotype.gates.measures import Measured, Source


@dataclass(frozen=True, kw_only=True)
class BetterThanIncumbent(Measured, Gate):
    """A metric is better than that of the version now in the target, which way is better being known."""

    name: Annotated[str, "The name of the metric."]
    margin: Annotated[float, "How much better at least; 0 asks for any improvement."] = 0.0
    direction: Annotated[Literal["higher", "lower"] | None, "Which is better, where metrics do not say so."] = None
    dataset: Annotated[str | None, "The data set that it was measured on; without it, one that names none."] = None
    slice: Annotated[str | None, "The part of the data set that it was measured on."] = None
    source: Annotated[Source, "Whose word counts: evaluations, the provenance, or evaluations first."] = "any"
    signed_by: Annotated[tuple[str, ...], "Keys of the policy: only evaluations that one of them signed count."] = ()

    def check(self) -> str | None:
        """Want a margin that makes better, not worse."""
        return "the margin is under 0." if self.margin < 0 else self.check_source()

    def ask(self, facts: Facts) -> Verdict:
        """Compare the values, once both and the direction are known."""
        if facts.incumbent is None:
            return self.passed(f"No version holds {papers.cited(facts.target)}, so there is none to be better than.")
        new, old = self.measure(facts.candidate), self.measure(facts.incumbent)
        for dossier, reading in ((facts.candidate, new), (facts.incumbent, old)):
            if reading is None:
                reason = f"{self.sought} of {dossier.version.reference} is not known{self.looked_in}."
                return self.missing(reason, self.bring(dossier.version))
        return self._compare(facts, new, old) if new and old else self.failed("A value is lacking.")

    def _compare(self, facts: Facts, new: papers.Reading, old: papers.Reading) -> Verdict:
        said = {one.direction for one in (new, old) if one.direction} or self._recorded(facts)
        if self.direction is None and len(said) > 1:
            return self.failed(
                f"The two versions say opposite things of which {self.sought} is better.",
                "Set `direction` of the gate in the policy.",
            )
        direction = self.direction if self.direction is not None else min(said, default=None)
        if direction is None:
            return self.missing(
                f"Nobody says whether a higher or a lower {self.sought} is better.",
                f'Set `direction` of the gate in the policy. Or say "direction" with the metric. {self._again(facts)}',
            )
        first, second = Decimal(repr(new.value)), Decimal(repr(old.value))
        gain = first - second if direction == "higher" else second - first
        enough = gain > 0 if self.margin == 0 else gain >= Decimal(repr(self.margin))
        incumbent = facts.incumbent.version.reference if facts.incumbent else ""
        values = f"{self.sought} is {papers.figure(new.value)}; that of {incumbent} is {papers.figure(old.value)}"
        better = f"{papers.figure(abs(float(gain)))} {'better' if gain > 0 else 'worse'}" if gain else "the same"
        asked = f"at least {papers.figure(self.margin)} better" if self.margin else "better"
        if enough:
            return self.passed(f"{values}: {better}, {direction} being better.")
        return self.failed(f"{values}: {better}, where {asked} is asked for.", "Register a better version.")

    def _recorded(self, facts: Facts) -> set[str]:
        """Return what the provenance of either version says is better, whatever the metric was measured on."""
        both = [facts.candidate, facts.incumbent] if facts.incumbent else [facts.candidate]
        metrics = [metric for dossier in both for metric in dossier.provenance.metrics if metric.name == self.name]
        return {metric.direction for metric in metrics if metric.direction}

    def _again(self, facts: Facts) -> str:
        return self.bring(facts.candidate.version)
