"""How may the last word of a query go on? Field names, then the values that a field has among what the caller may see.

    st            → stage:
    tag.          → tag.team:  …          stage:pro     → stage:production
    metric.       → metric.auc>  …        name:risk/fr  → name:risk/fraud

What is offered comes from the newest versions that the caller may see: a bounded number of rows, however many there
are, and nothing that is hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from holotype.access import rules
from holotype.catalogue import vocabulary
from holotype.domain.entities import Model, Version
from holotype.domain.permissions import Permission
from holotype.domain.query_fields import FIELDS, Field
from holotype.domain.query_tree import spelled
from holotype.operations.call import Call
from holotype.operations.search_models import search_models
from holotype.operations.search_versions import search_versions

_LOOKED_AT, _MOST = 200, 12
_QUOTED = r'"(?:[^"\\]|\\.)*'
_WORDS = re.compile(rf'(?:{_QUOTED}(?:"|\Z)|[^\s"])+')
"""Words of a query; blanks between quotes part none, and the last quote may still be open."""
_TERM = re.compile(rf'((?:{_QUOTED}"|!(?!=)|[^":<>=!])*)(<=|>=|!=|[:=<>])(.*)', re.DOTALL)
"""A field, the first operator that is not between quotes, and a value."""
_FROM_MODELS = frozenset({"name", "namespace"})


def complete(call: Call, text: str) -> list[str]:
    """Return up to twelve queries that begin like ``text`` and end with a whole word."""
    rules.require_somewhere(call.actor, Permission.MODEL_READ)
    text = text[-4_000:]
    word = _last(text)
    lead, begun = _led(word)
    begin = text.removesuffix(word) + lead
    found = dict.fromkeys(_words(call, begun))
    return [begin + one for one in found if one != begun][:_MOST]


def _words(call: Call, word: str) -> Iterator[str]:
    """Give the words that begin like one, which bears nothing before the name of its field."""
    left, operator, right = _parted(word)
    name, dot, key = left.partition(".")
    field = FIELDS.get(name)
    if operator and field is not None:
        for value in _values(call, field, _bare(key)):
            if value.casefold().startswith(_bare(right).casefold()):
                yield f"{left}{operator}{spelled(value)}"
    elif dot and field is not None and field.keyed:
        for one in _keys(call, name):
            if one.casefold().startswith(_bare(key).casefold()):
                yield f"{name}.{spelled(one)}{'>' if name == 'metric' else ':'}"
    elif not operator:
        for known in FIELDS.values():
            if known.name.startswith(name):
                yield f"{known.name}." if known.keyed else f"{known.name}:"


def _last(text: str) -> str:
    """Return the word at the end of a query, or nothing behind a blank."""
    *_, last = ["", *(found.group() for found in _WORDS.finditer(text))]
    return last if text.endswith(last) else ""


def _led(word: str) -> tuple[str, str]:
    """Part what opens groups from the term; a hyphen before a term means nothing in a query, so none is looked for."""
    term = word.lstrip("(")
    return word[: len(word) - len(term)], term


def _parted(word: str) -> tuple[str, str, str]:
    """Part a word at its first operator."""
    found = _TERM.fullmatch(word)
    return (found[1], found[2], found[3]) if found else (word, "", "")


def _bare(text: str) -> str:
    """Return a key or a value, or the beginning of one, without its quotes."""
    found = re.match(_QUOTED, text)
    return re.sub(r"\\(.)", r"\1", found.group()[1:]) if found else text


def _keys(call: Call, name: str) -> list[str]:
    if name == "tag":
        tagged: list[Model | Version] = [*_versions(call), *_models(call)]
        return sorted({key for one in tagged for key in one.tags})
    ids = [one.id for one in _versions(call)]
    with call.read() as tx:
        return vocabulary.metric_names(tx, ids) if name == "metric" else vocabulary.parameter_names(tx, ids)


def _values(call: Call, field: Field, key: str) -> list[str]:
    if field.name in _FROM_MODELS:
        seen = _models(call)
        return sorted({one.reference if field.name == "name" else one.namespace for one in seen})
    if field.name == "format":
        with call.read() as tx:
            return vocabulary.formats(tx, [one.id for one in _versions(call)])
    return sorted(set(_told(field.name, key, _versions(call))))


def _told(name: str, key: str, seen: Iterable[Version]) -> Iterator[str]:
    """Give the values of a field of versions that can be read off them."""
    for one in seen:
        if name == "stage":
            yield one.stage
        elif name == "author":
            yield one.created_by
        elif name == "alias":
            yield from one.aliases
        elif name == "tag" and key in one.tags:
            yield one.tags[key]


def _versions(call: Call) -> list[Version]:
    return search_versions(call, limit=_LOOKED_AT).items


def _models(call: Call) -> list[Model]:
    return search_models(call, limit=_LOOKED_AT).items
