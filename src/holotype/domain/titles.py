"""Under which name do we keep a model that another protocol calls by a name that our grammar does not allow?

A name that is a component of a reference is kept as it is. Any other is the model's *title*; the model's name is made
from it, readable and always the same, so that a title is looked up by the name it leads to:

    fraud              → fraud
    Fraud Model (EU)   → fraud-model-eu-c1a616b9f6
    詐欺               → model-ac46165c53

A title is checked when it is written; ten hexadecimal digits of its SHA-256 keep two titles apart.

Aliases are kept likewise: one that reads like a number or a stage, or that a label cannot be, is encoded reversibly.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from holotype.domain import lifecycle, names
from holotype.errors import InvalidName

_LONGEST, _TITLE_LIMIT = 100, 256
_WORDS = re.compile(r"[a-z0-9]+")
_PREFIX = "mlflow."
_ALIAS = re.compile(r"[\w-]{1,255}")
_OTHER = re.compile(r"[^A-Za-z0-9_-]")
_CODED = re.compile(r"\.([0-9a-f]{1,6})\.")


def check(title: str) -> str:
    """Return a title unchanged, or raise ``InvalidName``: a line of text that is one part of a path."""
    if not title.strip() or len(title) > _TITLE_LIMIT or not names.printable(title):
        raise InvalidName(
            f"{title[:80]!r} cannot be the name of a model.", hint=f"Use 1 to {_TITLE_LIMIT} printable characters."
        )
    if "/" in title or ":" in title:
        raise InvalidName(f"Invalid model name {title[:80]!r}. Names cannot contain '/' or ':'.")
    if title == "." or title.startswith(".."):
        raise InvalidName(f"Invalid model name {title[:80]!r}: a path would read it otherwise.")
    return title


def name_of(title: str) -> str:
    """Return the name under which a model of that title is kept."""
    if names.is_component(title):
        return title
    plain = unicodedata.normalize("NFKD", title).casefold()
    slug = "-".join(_WORDS.findall(plain))[:_LONGEST].strip("-") or "model"
    return f"{slug}-{hashlib.sha256(title.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"


def title_of(title: str) -> str | None:
    """Return what is kept as a model's title: nothing where its name says it."""
    return None if names.is_component(title) else title


def alias_of(alias: str) -> str:
    """Return the name under which an alias of another protocol is kept: its own where our grammar allows that."""
    try:
        return names.alias(alias, frozenset(lifecycle.STAGES))
    except InvalidName:
        return encoded(alias)


def encoded(alias: str) -> str:
    """Return the name of an alias that ours would mean something else by, or cannot have.

    Letters that a label may have stay, any other becomes its code in hexadecimal: ``über`` → ``mlflow..fc.ber``.
    """
    return _PREFIX + _OTHER.sub(lambda found: f".{ord(found[0]):x}.", alias)


def alias_shown(name: str) -> str:
    """Return what clients of another protocol call an alias."""
    if not name.startswith(_PREFIX):
        return name
    try:
        alias = _CODED.sub(lambda found: chr(int(found[1], 16)), name[len(_PREFIX) :])
    except (ValueError, OverflowError):
        return name
    return alias if _ALIAS.fullmatch(alias) and encoded(alias) == name else name
