"""How do two texts differ, line by line? For a page that shows what a change would change."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

_CONTEXT, _MOST, _LINES = 3, 2_000, 4_000
_KINDS = {"+": "added", "-": "removed", "@": "place", " ": "same"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line, and whether it was ``added``, ``removed``, is the ``same``, or says at which ``place`` others follow."""

    kind: str
    text: str


def differing(before: str, after: str) -> list[Line]:
    """Return the lines that differ, each with a few around it; nothing where the texts are the same."""
    first, second = before.splitlines(), after.splitlines()
    if before != after and len(first) + len(second) > _LINES:
        return [Line("place", f"They differ; more than {_LINES:,} lines are not put beside each other.")]
    lines = difflib.unified_diff(first, second, n=_CONTEXT, lineterm="")
    found = [Line(_KINDS[line[0]], line if line.startswith("@") else line[1:]) for line in list(lines)[2:]]
    return found[:_MOST]
