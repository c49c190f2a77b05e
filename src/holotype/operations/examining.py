"""Was this version examined? Asked by what needs the answer at once, such as a promotion right after a push."""

from __future__ import annotations

from holotype.domain.entities import Version
from holotype.operations import examine as examination
from holotype.operations.call import Call

LARGEST = 64 * 2**20
"""A version of more bytes than that is left to the background."""


def ensure(call: Call, version: Version) -> None:
    """Examine a version now if it was not and is small enough; otherwise the background does it soon."""
    if version.examined_at is None and version.size <= LARGEST:
        examination.examine(call, version)
