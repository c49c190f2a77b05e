"""Did somebody trusted sign the version?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from holotype.domain import attested
from holotype.domain.entities import Verdict
from holotype.gates import papers
from holotype.gates.base import Gate
from holotype.gates.facts import Facts


@dataclass(frozen=True, kw_only=True)
class Signed(Gate):
    """A signature over the version's files was verified against a key that the policy trusts."""

    on_rollback: ClassVar[bool] = True

    keys: Annotated[tuple[str, ...], "Names of keys of the policy that count; without it, each of them does."] = ()
    at_least: Annotated[int, "How many different keys have to have signed."] = 1

    def check(self) -> str | None:
        """Want at least one key, and no more than there are."""
        if self.at_least < 1:
            return "at_least is 1 or more."
        if self.keys and self.at_least > len(set(self.keys)):
            return f"{len(set(self.keys))} keys are named, and {self.at_least} have to sign."
        return None

    def ask(self, facts: Facts) -> Verdict:
        """Count the different keys."""
        trusted = {key.name for key in facts.keys}
        wanted = trusted & set(self.keys) if self.keys else trusted
        if len(wanted) < self.at_least:
            lacking = sorted(set(self.keys) - trusted)
            which = f": {papers.listed(lacking)} is not among [[keys]]" if lacking else ""
            return self.failed(f"The policy trusts too few keys{which}.", "Add the key to [[keys]] of the policy.")
        papers_ = papers.of_type(facts.candidate, attested.SIGNATURE)
        by = sorted({one.signed_by for one in papers_ if one.signed_by in wanted and one.signed_by})
        if len(by) >= self.at_least:
            return self.passed(f"Signed by {papers.listed(by)}.")
        needed = " or ".join(sorted(wanted)[:5])
        more = f"{self.at_least - len(by)} more " if by else ""
        unknown = f" ({len(papers_)} attached, by nobody else who is trusted)" if papers_ else ""
        attach = papers.attest(facts.candidate.version, attested.SIGNATURE, "model.sig")
        return self.missing(f"It needs {more or 'a '}signature by {needed}{unknown}.", f"Attach it: {attach}.")
