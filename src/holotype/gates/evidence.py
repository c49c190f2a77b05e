"""Is there evidence of a kind, and is it recent enough?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from holotype.domain import attested
from holotype.domain import entities as nouns
from holotype.domain.entities import Verdict
from holotype.errors import InvalidName
from holotype.gates import papers
from holotype.gates.base import Gate
from holotype.gates.facts import Facts


@dataclass(frozen=True, kw_only=True)
class Evidence(Gate):
    """Evidence of a type is there, recent enough, and from those whose word counts; failed tests do not count."""

    type: Annotated[str, 'The type of evidence, such as "evaluation", "test-report" or "acme.org/fairness".']
    not_older_than: Annotated[timedelta | None, "How old the last such evidence may be."] = None
    signed: Annotated[bool, "Whether only evidence counts that a key of the policy signed."] = False
    signed_by: Annotated[tuple[str, ...], "Keys of the policy: only evidence that one of them signed counts."] = ()
    by: Annotated[tuple[str, ...], "Names of users and service accounts whose evidence counts."] = ()

    def check(self) -> str | None:
        """Want a type that evidence can have."""
        try:
            attested.type_of(self.type)
        except InvalidName as error:
            return str(error)
        return None

    def ask(self, facts: Facts) -> Verdict:
        """Look at the last piece of evidence that counts."""
        given = papers.of_type(facts.candidate, self.type)
        found = next(filter(self._counts, given), None)
        attach = f"{papers.attest(facts.candidate.version, self.type)}."
        if found is None:
            others = f"; {len(given):,} such pieces do not count" if given else ""
            return self.missing(f"There is no {self._wanted}{others}.", f"Attach it: {attach}")
        age = facts.now - found.created_at
        if self.not_older_than is not None and age > self.not_older_than:
            reason = f"The last {self._wanted} ({found.id}) is {papers.span(age)} old"
            return self.missing(
                f"{reason}; {papers.span(self.not_older_than)} is the limit.", f"Attach a new one: {attach}"
            )
        if self.type == attested.TEST_REPORT:
            lost = papers.number(papers.mapping(papers.content(facts.candidate, found)).get("failed"))
            if lost:
                return self.failed(f"The test report {found.id} says that {lost:,.0f} tests failed.", attach)
        signer = f", signed by {papers.cited(found.signed_by)}" if found.signed_by else ""
        by = papers.cited(found.created_by)
        return self.passed(f"There is {self.type} {found.id} by {by}{signer}, {papers.span(age)} old.")

    @property
    def _wanted(self) -> str:
        signed = f" signed by {' or '.join(self.signed_by)}" if self.signed_by else " signed by a trusted key"
        return (
            self.type
            + (signed if self.signed or self.signed_by else "")
            + (f" by {' or '.join(self.by)}" if self.by else "")
        )

    def _counts(self, one: nouns.Evidence) -> bool:
        if self.by and one.created_by not in self.by:
            return False
        if self.signed_by:
            return one.signed_by in self.signed_by
        return one.signed_by is not None or not self.signed
