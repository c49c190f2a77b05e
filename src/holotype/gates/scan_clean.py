"""Did a scan find anything that could do harm?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, ClassVar

from holotype.domain import attested
from holotype.domain.entities import Evidence, Verdict
from holotype.gates import papers
from holotype.gates.base import Gate
from holotype.gates.facts import Facts


@dataclass(frozen=True, kw_only=True)
class ScanClean(Gate):
    """The registry's own scan found nothing harmful, and the last scan of nobody else did."""

    on_rollback: ClassVar[bool] = True
    needs_examination: ClassVar[bool] = True

    not_older_than: Annotated[timedelta | None, "How old the registry's scan may be."] = None
    unreadable: Annotated[bool, "Whether files that could not be scanned are let through."] = False

    def ask(self, facts: Facts) -> Verdict:
        """Refuse a version with a finding, and one that the registry has not scanned."""
        latest: dict[str, Evidence] = {}
        for one in papers.of_type(facts.candidate, attested.SCAN):
            latest.setdefault(one.created_by, one)
        own = latest.pop(attested.SERVER, None)
        if own is None:
            under_way = not facts.candidate.version.examined
            reason = "The scan is under way." if under_way else "The registry has not scanned it."
            return self.missing(reason, "Ask again in a moment; `holotype show` lists the scan when it is done.")
        age = facts.now - own.created_at
        if self.not_older_than is not None and age > self.not_older_than:
            reason = f"The registry's scan is {age.days} days old."
            return self.missing(reason, f"Let the registry scan it again: `holotype admin examine {facts.reference}`.")
        for scan in (own, *latest.values()):
            trouble = self._trouble(facts, scan)
            if trouble is not None:
                remedy = "Register a version without what was found."
                return self.failed(trouble, papers.TAKE_OVER if facts.candidate.version.external else remedy)
        files = papers.number(papers.mapping(papers.content(facts.candidate, own)).get("files"))
        told = "" if files is None else f" of {papers.count(int(files), 'file')}"
        return self.passed(f"The registry's scan{told} found nothing harmful.")

    def _trouble(self, facts: Facts, scan: Evidence) -> str | None:
        """Return what a scan says against the version, if it does."""
        found = papers.mapping(papers.content(facts.candidate, scan))
        name = f"Scan {scan.id} by {papers.cited(scan.created_by)}"
        findings = list(map(papers.mapping, papers.items(found.get("findings"))))
        if findings:
            first = f"{_cited(findings[0], 'name')} in {_cited(findings[0], 'path')}"
            return f"{name} has {papers.count(len(findings), 'finding')}, e.g. {first}."
        errors = list(map(papers.mapping, papers.items(found.get("errors"))))
        if errors and not self.unreadable:
            if facts.candidate.version.external:
                return f"{name} says: {_cited(errors[0], 'reason')}"
            first = f"{_cited(errors[0], 'path')}: {_cited(errors[0], 'reason')}"
            return f"{name} could not read {papers.count(len(errors), 'file')}, e.g. {first}."
        clean = found.get("clean")  # what could not be read is not clean either
        return None if clean is True or (errors and clean is False) else f"{name} does not say that it is clean."


def _cited(found: object, key: str) -> str:
    value = papers.mapping(found).get(key)
    return papers.cited(value) if isinstance(value, str) else "something"
