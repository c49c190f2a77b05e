"""What do gates want to know of a model card? The fields of its front matter as texts, its headings, its licence.

---                        the front matter, read as everywhere: ``holotype.domain.front_matter``
license: apache-2.0
datasets: [a, b]           several values become one text
---
# Intended use             a heading, with the text below it up to the next heading that is not below it
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from holotype.domain.front_matter import read

LONGEST = 16_384
"""How much of a card is looked at for its front matter."""
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_LICENCES = ("license", "licence")


def front_matter(card: str) -> dict[str, str]:
    """Return the keys of a card's front matter in lower case, each value as one text; none where it is not read."""
    return {key.lower(): _plain(value) for key, value in read(card[:LONGEST]).values.items()}


def trouble(card: str) -> str | None:
    """Return in a sentence why a card's front matter is not read, if it has any that is not."""
    return read(card[:LONGEST]).trouble


def headings(card: str) -> dict[str, str]:
    """Return the headings of a card in lower case, each with the text below it, comments left out."""
    found: dict[str, str] = {}
    open_: list[tuple[int, str]] = []
    fence = ""
    for line in _COMMENT.sub("", card).splitlines():
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        named = None if fence or mark else _HEADING.fullmatch(line)
        if named:
            level, title = len(named[1]), " ".join(named[2].lower().split())
            open_ = [one for one in open_ if one[0] < level] + [(level, title)]
            found.setdefault(title, "")
        elif line.strip():
            for _, title in open_:
                found[title] = found[title] or line.strip()
    return found


def licence(card: str, tags: Mapping[str, str]) -> str | None:
    """Return the licence that a card's front matter names, else the tag ``licence`` or ``license``, if there is one.

    Front matter that is not read may name one, so that no tag speaks for it.
    """
    if trouble(card) is not None:
        return None
    said = front_matter(card)
    named = next((said[key] for key in _LICENCES if said.get(key)), None)
    return named or next((tags[key].strip() for key in _LICENCES if tags.get(key, "").strip()), None)


def _plain(value: Any) -> str:
    """Return a value as one text; what is nested counts as given."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        return ", ".join(filter(None, map(_plain, value)))
    return "" if value is None else str(value).strip()
