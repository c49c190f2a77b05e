"""What does somebody keep for themselves? Addresses of our pages, each under a name."""

from __future__ import annotations

from dataclasses import dataclass

from holotype.domain import names
from holotype.errors import Invalid

MOST, LONGEST = 100, 2_000
_NAME = 80


@dataclass(frozen=True, slots=True)
class SavedAddress:
    """A place on our pages, with its query, and what somebody calls it."""

    name: str
    place: str


def checked(name: str, place: str) -> SavedAddress:
    """Return a name and a place as they can be kept, or raise ``Invalid``."""
    called = names.text(name, "name", _NAME).strip()
    if not called:
        raise Invalid("An address is saved under a name.", hint="Say in a word or two what it shows.")
    if not place.startswith("/") or place.startswith(("//", "/\\")) or len(place) > LONGEST or not place.isprintable():
        raise Invalid(
            "This is no address of our pages.", hint="It begins with a slash, such as /models?q=stage:production"
        )
    return SavedAddress(called, place)
