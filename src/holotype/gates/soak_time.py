"""Was the version long enough in the stage before?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from holotype.domain.entities import Verdict
from holotype.gates import papers
from holotype.gates.base import Gate
from holotype.gates.facts import Facts


@dataclass(frozen=True, kw_only=True)
class SoakTime(Gate):
    """The version has been in the stage that it leaves for some time."""

    at_least: Annotated[timedelta, "How long."]
    stage: Annotated[str | None, "The stage in which it has to have been, where a move leads from several."] = None

    def check(self) -> str | None:
        """Want a time."""
        return None if self.at_least > timedelta() else "at_least is more than no time."

    def ask(self, facts: Facts) -> Verdict:
        """Compare the time since the version came to its stage."""
        version = facts.candidate.version
        if self.stage is not None and version.stage != self.stage:
            remedy = f"`holotype promote {version.reference} {self.stage}` first."
            return self.failed(f"It is in {papers.cited(version.stage)}, not in {self.stage}.", remedy)
        spent = facts.now - version.stage_changed_at
        said = f"It has been in {papers.cited(version.stage)} for {papers.span(spent)}"
        if spent >= self.at_least:
            return self.passed(f"{said}; {papers.span(self.at_least)} is asked for.")
        ready = (version.stage_changed_at + self.at_least).strftime("%Y-%m-%d %H:%M UTC")
        return self.failed(f"{said}, short of {papers.span(self.at_least)}.", f"Ask again after {ready}.")
