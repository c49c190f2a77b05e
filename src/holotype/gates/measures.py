"""Which value does a metric have? Shared by the gates that compare metrics."""

from __future__ import annotations

from typing import Literal

from holotype.domain import attested
from holotype.domain.entities import Evidence, Version
from holotype.gates import papers
from holotype.gates.facts import Dossier

Source = Literal["any", "evaluation", "provenance"]


class Measured:
    """The settings that say which metric is meant and whose word counts; a gate declares them as its own."""

    name: str
    dataset: str | None
    slice: str | None
    source: Source
    signed_by: tuple[str, ...]

    @property
    def sought(self) -> str:
        """The metric, in words."""
        place = f" on {papers.cited(self.dataset)}" if self.dataset else ""
        part = f" for the slice {papers.cited(self.slice)}" if self.slice else ""
        return f"{papers.cited(self.name)}{place}{part}"

    @property
    def looked_in(self) -> str:
        """Where it was looked for, in words."""
        if self.source == "provenance":
            return " from the provenance"
        signed = f" that {' or '.join(self.signed_by)} signed" if self.signed_by else ""
        return f" from any evaluation{signed}" + ("" if self.source == "evaluation" else " or the provenance")

    def check_source(self) -> str | None:
        """Return what is wrong with where to look, if anything is."""
        if self.signed_by and self.source != "evaluation":
            return 'signed_by asks for evaluations alone: set source = "evaluation".'
        return None

    def measure(self, dossier: Dossier) -> papers.Reading | None:
        """Return the value that counts for a version: that of the last evaluation, else of the provenance."""
        place = {"dataset": self.dataset, "part": self.slice}
        found: papers.Reading | None = None
        if self.source != "provenance":
            found = next(papers.readings(dossier, self.name, counts=self._counts, **place), None)
        if found is None and self.source != "evaluation":
            found = next(papers.recorded(dossier, self.name, **place), None)
        return found

    def bring(self, version: Version) -> str:
        """Return what makes the metric known."""
        if self.source == "provenance":
            return f"Register the version with `holotype push --metric {papers.cited(self.name)}=…`."
        signed = f", signed by {' or '.join(self.signed_by)}" if self.signed_by else ""
        return f"Attach an evaluation with it{signed}: {papers.attest(version, attested.EVALUATION)}."

    def _counts(self, evidence: Evidence) -> bool:
        return not self.signed_by or evidence.signed_by in self.signed_by
