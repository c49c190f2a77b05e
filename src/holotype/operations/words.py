"""What may people write about a model or a version, and what does the ledger keep of it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from holotype.domain import digest as digests
from holotype.domain import names
from holotype.errors import Conflict, TooLarge

CARD_LIMIT, TAG_LIMIT = 1_000_000, 200
RECORDED_LIMIT = 5_000
"""Up to which length the ledger keeps the value of a tag as it is."""


def mark(description: str, card: str) -> str:
    """Return what tells one state of words from another, for who changes what they saw."""
    return digests.short(digests.of(f"{len(description)}:{description}{card}".encode()))


def check_unchanged(began: str, description: str, card: str, what: str) -> None:
    """Raise ``Conflict`` where words are not those any more that somebody began with."""
    if began != mark(description, card):
        raise Conflict(
            f"The words about {what} were changed by somebody meanwhile.",
            hint="Look at them in another tab; saving again replaces them.",
        )


def check_words(description: str | None, card: str | None, tags: Mapping[str, str | None]) -> None:
    """Check a description, a card and tags against their limits."""
    names.text(description or "", "description")
    names.text(card or "", "card", CARD_LIMIT)
    if len(tags) > TAG_LIMIT:
        raise TooLarge(f"At most {TAG_LIMIT} tags at once.", hint="Set fewer.")
    for key, value in tags.items():
        names.key(key, "tag")
        names.text(value or "", f"tag {key!r}", names.TAG_VALUE_LIMIT)


@dataclass(frozen=True, slots=True)
class Words:
    """What is to be written: a description and a card where given, tags to set and (no value) to remove."""

    description: str | None = None
    card: str | None = None
    tags: Mapping[str, str | None] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there is anything to write."""
        return self.description is not None or self.card is not None or bool(self.tags)

    @property
    def columns(self) -> dict[str, str]:
        """The columns to set."""
        both = {"description": self.description, "card": self.card}
        return {name: value for name, value in both.items() if value is not None}

    @property
    def recorded(self) -> dict[str, object]:
        """What the ledger keeps: the description and the tags as they are, the card and long values as digests."""
        kept: dict[str, object] = dict(self.columns)
        if self.card is not None:
            kept["card"] = digests.of(self.card.encode()) if self.card else ""
        return kept | ({"tags": {key: _recorded(value) for key, value in self.tags.items()}} if self.tags else {})

    def beside(self, said: Words) -> Words:
        """Return what of it differs from what was said before."""
        return Words(
            None if self.description == said.description else self.description,
            None if self.card == said.card else self.card,
            {key: value for key, value in self.tags.items() if said.tags.get(key) != value},
        )


def _recorded(value: str | None) -> str | None:
    return value if value is None or len(value) <= RECORDED_LIMIT else digests.of(value.encode())
