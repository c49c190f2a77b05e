"""Does the model card say what it has to?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from holotype.domain import attested, cards
from holotype.domain.entities import Verdict
from holotype.gates import papers
from holotype.gates.base import Gate
from holotype.gates.facts import Facts


@dataclass(frozen=True, kw_only=True)
class CardComplete(Gate):
    """The model card has some fields in its front matter, and some headings with text below them."""

    fields: Annotated[tuple[str, ...], 'Keys of the front matter, such as "license".'] = ()
    headings: Annotated[tuple[str, ...], 'Headings, such as "Intended use", whatever their level and case.'] = ()

    def check(self) -> str | None:
        """Want something to look for."""
        return None if self.fields or self.headings else "give fields, headings or both."

    def ask(self, facts: Facts) -> Verdict:
        """Name what is lacking."""
        card = facts.candidate.card
        remedy = f"Attach a card with it: {papers.attest(facts.candidate.version, attested.CARD, 'README.md')}."
        if not card.strip():
            return self.missing("There is no model card.", remedy)
        trouble = cards.trouble(card) if self.fields else None
        if trouble is not None:
            return self.missing(f"The card's front matter is not read: {trouble}", remedy)
        said, below = cards.front_matter(card), cards.headings(card)
        lacking = [f"the field {name}" for name in self.fields if not said.get(name.lower())]
        for name in self.headings:
            key = " ".join(name.lower().split())
            if not below.get(key):
                lacking.append(f"the heading {name}" if key not in below else f"text below {name}")
        if lacking:
            return self.missing(f"The card lacks {papers.listed(lacking, 5)}.", remedy)
        return self.passed(f"The card says all {len(self.fields) + len(self.headings)} things that are asked for.")
