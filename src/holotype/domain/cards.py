"""What does a model card say to a machine? Its front matter and its headings, read without a YAML parser.

---                        the front matter, as Hugging Face writes it: keys at the left edge with a text,
license: apache-2.0        a list in brackets, or a list with a dash a line; what is nested deeper counts
datasets: [a, b]           as given and is not read
---
# Intended use             a heading, with the text below it up to the next heading that is not below it
"""

from __future__ import annotations

import re
from collections.abc import Mapping

LONGEST = 16_384
"""How much of a card is looked at for its front matter."""
_KEY = re.compile(r"([A-Za-z][A-Za-z0-9_-]{0,63})[ \t]*:(?:[ \t]+(.*))?")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_LICENCES = ("license", "licence")


def front_matter(card: str) -> dict[str, str]:
    """Return the keys of a card's front matter with their values as one text; none where it is not closed."""
    lines = card[:LONGEST].lstrip("\ufeff").splitlines()
    if not lines or lines[0].rstrip() != "---":
        return {}
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() in {"---", "..."}), None)
    found: dict[str, str] = {}
    key = ""
    for line in lines[1:end] if end else []:
        named = _KEY.fullmatch(line.rstrip())
        if named:
            key = named[1].lower()
            found[key] = _plain(named[2] or "")
        elif key and line.strip() and not line.startswith("#"):
            found[key] = f"{found[key]}, {_plain(line.strip().removeprefix('- '))}".lstrip(", ")
    return found


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
    """Return the licence that a card's front matter names, else the tag ``licence`` or ``license``, if there is one."""
    said = front_matter(card)
    named = next((said[key] for key in _LICENCES if said.get(key)), None)
    return named or next((tags[key].strip() for key in _LICENCES if tags.get(key, "").strip()), None)


def _plain(value: str) -> str:
    """Return a value without a comment, quotes and brackets around it."""
    text = value.strip()
    if text[:1] in {'"', "'"}:
        end = text.find(text[0], 1)
        return text[1:end] if end > 0 else text[1:]
    text = re.split(r"(?:^|\s)#", text, maxsplit=1)[0].strip()
    if text.startswith("[") and text.endswith("]"):
        return ", ".join(filter(None, (_plain(part) for part in text[1:-1].split(","))))
    return "" if text in {"|", ">", "~", "null", "{}"} else text
