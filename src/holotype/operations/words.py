"""What may people write about a model or a version, and what does the ledger keep of it?"""

from __future__ import annotations

from collections.abc import Mapping

from holotype.domain import digest as digests
from holotype.domain import names
from holotype.errors import TooLarge

CARD_LIMIT, TAG_LIMIT = 1_000_000, 200


def check_words(description: str | None, card: str | None, tags: Mapping[str, str | None]) -> None:
    """Check a description, a card and tags against their limits."""
    names.text(description or "", "description")
    names.text(card or "", "card", CARD_LIMIT)
    if len(tags) > TAG_LIMIT:
        raise TooLarge(f"At most {TAG_LIMIT} tags at once.", hint="Set fewer.")
    for key, value in tags.items():
        names.key(key, "tag")
        names.text(value or "", f"tag {key!r}")


def recorded(description: str | None, card: str | None, tags: Mapping[str, str | None]) -> dict[str, object]:
    """Return what the ledger keeps: the description and the tags as they are, the card as its digest."""
    words = {
        "description": description or None,
        "card": digests.of(card.encode()) if card else None,
        "tags": dict(tags) or None,
    }
    return {key: value for key, value in words.items() if value is not None}
