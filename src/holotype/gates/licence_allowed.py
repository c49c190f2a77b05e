"""May the version be used under its licence, and under those of what it was made from?"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Annotated

from holotype.domain import attested
from holotype.domain.entities import Verdict
from holotype.gates import papers
from holotype.gates.base import Gate
from holotype.gates.facts import Ancestor, Facts


@dataclass(frozen=True, kw_only=True)
class LicenceAllowed(Gate):
    """The licence of the version is on a list, and so are those of its parents and of theirs."""

    allow: Annotated[tuple[str, ...], 'Licences as cards write them, such as "apache-2.0"; case does not matter.']
    parents: Annotated[bool, "Whether what it was made from is looked at too."] = True
    cleared: Annotated[tuple[str, ...], 'Parents that need no licence here, as patterns: "hf.co/acme/*".'] = ()

    def check(self) -> str | None:
        """Want a licence."""
        return None if self.allow else "allow at least one licence."

    def ask(self, facts: Facts) -> Verdict:
        """Name the first licence that is not known or not allowed."""
        version, own = facts.candidate.version, facts.candidate.licence
        attach = papers.attest(version, attested.CARD, "README.md")
        if own is None:
            reason = "Its licence is not known."
            return self.missing(reason, f"Name it in the front matter of its card (`license: …`): {attach}.")
        if not self._allows(own):
            return self.failed(f"Its licence {papers.cited(own)} is not among those allowed: {self._listed}.")
        above = facts.ancestors if self.parents else ()
        asked = [one for one in above if not any(fnmatchcase(one.reference, pattern) for pattern in self.cleared)]
        for one in asked:
            if one.licence is None:
                return self.missing(f"The licence of {_named(one)} is not known.", self._clear(one))
            if not self._allows(one.licence):
                said = f"The licence {papers.cited(one.licence)} of {_named(one)} is not among those allowed"
                return self.failed(f"{said}: {self._listed}.")
        others = f", as are those of {len(asked)} ancestors" if asked else ""
        return self.passed(f"Its licence {papers.cited(own)} is allowed{others}.")

    @property
    def _listed(self) -> str:
        return papers.listed(self.allow, 10)

    def _allows(self, licence: str) -> bool:
        return licence.casefold() in {one.casefold() for one in self.allow}

    def _clear(self, one: Ancestor) -> str:
        if not one.known:
            return "It is not in this registry: add it to `cleared` of the gate in the policy."
        if one.reference != one.through:
            return f"See `holotype lineage {papers.cited(one.through)}`, and name the licence in each card."
        return f"Name it in its card: `holotype attest {papers.cited(one.reference)} --type card README.md`."


def _named(one: Ancestor) -> str:
    """Name a parent; of what lies behind it, others may see nothing, so only its way in is named."""
    through = papers.cited(one.through or one.reference)
    return through if one.reference == one.through else f"something that {through} was made from"
