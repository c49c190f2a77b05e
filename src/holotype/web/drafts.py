"""What does somebody write about a thing in a form? A description, a card, and tags as lines of ``key=value``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from holotype.errors import HolotypeError
from holotype.operations.words import mark

_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Draft:
    """The words of a form; ``shown`` are the tags that it began with, ``why`` is what was wrong with it.

    ``began`` is the mark of the description and the card that it began with.
    """

    description: str
    card: str
    tags: str
    shown: str
    why: HolotypeError | None = None
    began: str = ""


def begun(description: str, card: str, tags: Mapping[str, str]) -> Draft:
    """Return what a form begins with; tags that cannot stand in lines are changed by a program."""
    written = {key: value for key, value in tags.items() if _fits(key, value)}
    lines = "\n".join(f"{key}={value}" for key, value in sorted(written.items()))
    return Draft(description, card, lines, json.dumps(sorted(written)), began=mark(description, card))


def given(tags: str, shown: str) -> Mapping[str, str | None]:
    """Return the tags of a form's lines; those that it began with and that are gone are taken away."""
    lines = [line.strip().partition("=") for line in tags.split("\n") if line.strip()]
    found: dict[str, str | None] = {key.strip(): value.strip() for key, _, value in lines}
    return {key: None for key in _names(shown) if key not in found} | found


def _fits(key: str, value: str) -> bool:
    plain = value.isprintable() or not value
    return "=" not in key and len(value) <= _LONGEST and plain and value == value.strip()


def _names(text: str) -> list[str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
