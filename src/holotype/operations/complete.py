"""How may the last word of a query go on? Field names, then the values that a field has among what the caller may see.

    st            → stage:
    tag.          → tag.team:  …          stage:pro     → stage:production
    metric.       → metric.auc>  …        name:risk/fr  → name:risk/fraud

What is offered comes from the newest versions that the caller may see: a bounded number of rows, however many there
are, and nothing that is hidden.
"""

from __future__ import annotations

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
_OPERATORS = (":", "<=", ">=", "!=", "=", "<", ">")
_FROM_MODELS = frozenset({"name", "namespace"})


def complete(call: Call, text: str) -> list[str]:
    """Return up to twelve queries that begin like ``text`` and end with a whole word."""
    rules.require_somewhere(call.actor, Permission.MODEL_READ)
    head, _, word = text[-4_000:].rpartition(" ")
    begin = f"{head} " if head else ""
    found = dict.fromkeys(_words(call, word))
    return [begin + one for one in found if one != word][:_MOST]


def _words(call: Call, word: str) -> Iterator[str]:
    left, operator, right = _parted(word)
    name, dot, key = left.lstrip("-(").partition(".")
    field = FIELDS.get(name)
    if operator and field is not None:
        for value in _values(call, field, key):
            if value.casefold().startswith(right.strip('"').casefold()):
                yield f"{left}{operator}{spelled(value)}"
    elif dot and field is not None and field.keyed:
        for one in _keys(call, name):
            if one.casefold().startswith(key.casefold()):
                yield f"{name}.{spelled(one)}{'>' if name == 'metric' else ':'}"
    elif not operator:
        for known in FIELDS.values():
            if known.name.startswith(name):
                yield f"{known.name}." if known.keyed else f"{known.name}:"


def _parted(word: str) -> tuple[str, str, str]:
    """Part a word at its first operator."""
    places = [(word.index(one), -len(one), one) for one in _OPERATORS if one in word]
    if not places:
        return word, "", ""
    at, _, operator = min(places)
    return word[:at], operator, word[at + len(operator) :]


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
        elif name == "tag" and key.strip('"') in one.tags:
            yield one.tags[key.strip('"')]


def _versions(call: Call) -> list[Version]:
    return search_versions(call, limit=_LOOKED_AT).items


def _models(call: Call) -> list[Model]:
    return search_models(call, limit=_LOOKED_AT).items
