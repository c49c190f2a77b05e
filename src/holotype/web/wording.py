"""How is an entry of the ledger said in words? One sentence an action, made of parts, of which some lead somewhere.

    VERSION_MOVED = "{actor} moved {subject:version}[ from {from:stage}] to {to:stage}"

A name is ``actor``, ``subject`` or a key of the entry's data, and what follows the colon says how it is shown. What
stands in brackets is left out where one of its names has no value: entries are read that older servers wrote.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from holotype.domain import readable, references
from holotype.domain.entities import Event
from holotype.domain.events import Action
from holotype.errors import HolotypeError
from holotype.web import places
from holotype.web.sentences import SENTENCES, TONES

_PIECE = re.compile(r"\[([^\]]*)\]|\{([a-z_]+)(?::([a-z]+)(?: ([a-z ]+))?)?\}")
_ROLES = re.compile(r"\brole:\w+(?: or role:\w+)*")
_LONGEST = 300
_LISTED = 5


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence: its text, what it is (``actor``, ``stage``, ``name`` or plain), and where it leads."""

    text: str
    kind: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """An entry in words: the parts of a sentence, what somebody gave as the reason, and how it ended: good or bad."""

    parts: tuple[Part, ...]
    quote: str = ""
    tone: str = ""

    def __str__(self) -> str:
        """The sentence as plain text."""
        return "".join(part.text for part in self.parts)


def said(event: Event) -> Said:
    """Return an entry in words."""
    known = event.action in SENTENCES
    pattern = SENTENCES[Action(event.action)] if known else f"{{actor}}: {event.action} {{subject:name}}"
    first, *rest = _parts(pattern, event)
    if not first.kind:
        first = replace(first, text=first.text[:1].upper() + first.text[1:])
    return Said((first, *rest), _quote(event), TONES.get(event.action, ""))


def _parts(pattern: str, event: Event, *, whole: bool = True) -> Iterator[Part]:
    for inside, name, kind, noun in _read(pattern):
        if inside:
            found = list(_parts(inside, event, whole=False))
            if all(part.text for part in found):
                yield from found
        elif kind == "plain":
            yield Part(name)
        else:
            part = _part(event, name, kind, noun)
            yield part if part.text or not whole else Part("a promotion" if kind == "promotion" else "…")


@lru_cache(maxsize=512)
def _read(pattern: str) -> tuple[tuple[str, str, str, str], ...]:
    """Return the pieces of a sentence: what is in brackets, or a name with its kind and noun; plain text as a name."""
    found, end = [], 0
    for match in _PIECE.finditer(pattern):
        if match.start() > end:
            found.append(("", pattern[end : match.start()], "plain", ""))
        found.append((match[1] or "", match[2] or "", match[3] or "", match[4] or ""))
        end = match.end()
    return (*found, ("", pattern[end:], "plain", "")) if end < len(pattern) else tuple(found)


def _part(event: Event, name: str, kind: str, noun: str) -> Part:
    if name == "actor":
        return Part(event.actor, "actor")
    value = event.subject if name == "subject" else event.data.get(name)
    if name in _GATHERED:
        value = _GATHERED[name](event)
    if value is None or value in ("", [], {}):
        return Part("")
    if kind == "count":
        return Part(readable.plural(value, noun) if isinstance(value, int) else f"{value} {noun}s")
    return _KINDS.get(kind, _plain)(event, value)


def _plain(_: Event, value: object) -> Part:
    if isinstance(value, list):
        more = f" and {len(value) - _LISTED} more" if len(value) > _LISTED else ""
        return Part(", ".join(str(one)[:_LONGEST] for one in value[:_LISTED]) + more)
    return Part(readable.scalar(value)[:_LONGEST])


def _name(event: Event, value: object) -> Part:
    """Return a name of a thing that has no page, without the noun that the ledger puts before it."""
    text = _plain(event, value).text
    return Part(re.sub(r"^(user|service|team|token|grant|trust|key):", "", text), "name")


def _version(_: Event, value: object) -> Part:
    return Part(str(value), "name", _place(places.version, str(value)))


def _model(_: Event, value: object) -> Part:
    return Part(str(value), "name", _place(places.model, str(value)))


def _number(event: Event, value: object) -> Part:
    """Return another version of the model that the entry is about, by its number."""
    reference = f"{event.subject.partition(':')[0]}:{value}"
    return Part(f"version {value}", "", _place(places.version, reference))


def _stage(event: Event, value: object) -> Part:
    text = str(value)
    return _number(event, text) if text.isdigit() else Part(text, "stage")


def _promotion(_: Event, value: object) -> Part:
    return Part(f"promotion {value}", "", places.promotion(value) if isinstance(value, int) else "")


def _policy(event: Event, value: object) -> Part:
    return Part(str(value), "name", places.policy(event.subject))


def _size(_: Event, value: object) -> Part:
    return Part(readable.size(value) if isinstance(value, int) else str(value))


def _means(_: Event, value: object) -> Part:
    """Return by what somebody signed in; the id of a link says nothing to anybody."""
    return Part("a link" if str(value).startswith("link:") else str(value)[:_LONGEST])


def _place(make: Callable[[str], str], text: str) -> str:
    """Return an address, or none for a name that is none any more by today's rules."""
    try:
        references.parse(text)
        return make(text)
    except HolotypeError:
        return ""


_KINDS: dict[str, Callable[[Event, object], Part]] = {
    "name": _name,
    "version": _version,
    "model": _model,
    "number": _number,
    "stage": _stage,
    "promotion": _promotion,
    "policy": _policy,
    "size": _size,
    "means": _means,
}


def _words(event: Event) -> str:
    """Return which words about a thing were written: ``the description and the tags team, owner``."""
    tags = event.data.get("tags")
    named = ", ".join(list(tags)[:_LISTED]) if isinstance(tags, dict) else ""
    more = " and others" if isinstance(tags, dict) and len(tags) > _LISTED else ""
    said = [f"the {name}" for name in ("description", "card") if name in event.data]
    said += [f"the tag{'s' if ',' in named else ''} {named}{more}"] if named else []
    return " and ".join(part for part in (", ".join(said[:-1]), *said[-1:]) if part) or "the words"


def _changes(event: Event) -> str:
    """Return what became of an account: ``disabled``, ``linked to …``."""
    data, found = event.data, []
    if "disabled" in data:
        found.append("disabled" if data["disabled"] else "let in again")
    if "owner" in data:
        found.append(f"now answered for by {data['owner']}")
    found += [f"{word} {data[name]}" for name, word in _LINKS.items() if data.get(name)]
    found += ["given a new password"] if "password" in data else []
    found += ["given a link to set a password"] if "set_up" in data else []
    return ", ".join(found)[:_LONGEST] or "changed"


def persons(text: str) -> str:
    """Return a sentence in which ``role:reviewer or role:admin`` is ``a reviewer or admin``."""
    return _ROLES.sub(lambda found: _either(found[0].replace("role:", "").split(" or ")), text)


def _either(names: list[str]) -> str:
    article = "an" if names[0][:1] in "aeiou" else "a"
    return f"{article} {' or '.join(part for part in (', '.join(names[:-1]), names[-1]) if part)}"


def _contents(event: Event) -> str:
    """Return what a version came with: ``with 2 files of 1.5 MiB``, or that its bytes are elsewhere."""
    files, size = event.data.get("files"), event.data.get("size")
    if files == 0:
        return "as external"
    if isinstance(files, int) and isinstance(size, int):
        return f"with {readable.plural(files, 'file')} of {readable.size(size)}"
    return ""


def _ended(event: Event) -> str:
    return "the end of" if event.data.get("gone") else ""


_LINKS = {"linked": "linked to", "unlinked": "unlinked from"}
_GATHERED: dict[str, Callable[[Event], str]] = {
    "words": _words,
    "changes": _changes,
    "ended": _ended,
    "contents": _contents,
}


def _quote(event: Event) -> str:
    """Return what somebody wrote to it, or why gates refused."""
    gates = event.data.get("gates")
    if event.action == Action.PROMOTION_REFUSED and isinstance(gates, list):
        return "\n".join(str(one) for one in gates)
    return next((str(event.data[key]) for key in ("reason", "comment", "because", "why") if event.data.get(key)), "")
