"""In which order does an MLflow client want a list? ``name``, ``attribute.name DESC``, ``metrics.`val loss` ASC``.

order  = [kind "."] key [ASC | DESC]     one of the texts of ``order_by``; keywords in any case
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from holotype.domain.filters import ATTRIBUTE, Order
from holotype.errors import Invalid
from holotype.gateways.mlflow.reading import Reader

LONGEST = 1_000
MOST = 20
_WAYS = {"": False, "ASC": False, "DESC": True}


@dataclass(frozen=True, slots=True)
class Keys:
    """By what a noun can be sorted: ``attributes`` as clients call them and as they are called here, ``kinds``."""

    noun: str
    attributes: Mapping[str, str]
    kinds: Mapping[str, str] = field(default_factory=lambda: {"attribute": ATTRIBUTE, "attributes": ATTRIBUTE})


MODELS = Keys(
    "registered models",
    {"name": "name", "timestamp": "last_updated_timestamp", "last_updated_timestamp": "last_updated_timestamp"},
)
VERSIONS = Keys(
    "model versions",
    {one: one for one in ("name", "version_number", "creation_timestamp", "last_updated_timestamp")},
)


def parse(texts: Collection[str], keys: Keys) -> tuple[Order, ...]:
    """Return the orders, the first of which counts most, or raise ``Invalid``; none may come twice."""
    if len(texts) > MOST:
        raise Invalid(f"order_by has at most {MOST} clauses, not {len(texts)}.")
    found: list[Order] = []
    for i, text in enumerate(texts):
        order = _order(text, keys, i + 1)
        if any((order.kind, order.key) == (other.kind, other.key) for other in found):
            raise Invalid(f"`order_by` contains duplicate fields: {order.key[:80]!r} comes twice.")
        found.append(order)
    return tuple(found)


def _order(text: str, keys: Keys, place: int) -> Order:
    if len(text) > LONGEST:
        raise Invalid(f"A clause of order_by has at most {LONGEST:,} characters, not {len(text):,}.")
    reader = Reader(text, "order_by")
    reader.begin(place)
    word = reader.name()
    if not reader.take("."):
        kind, key = ATTRIBUTE, word
    elif word not in keys.kinds:
        raise reader.wrong(f"{word!r} is none of {', '.join(keys.kinds)}")
    else:
        kind, key = keys.kinds[word], reader.key()
    if kind == ATTRIBUTE:
        if key not in keys.attributes:
            raise reader.wrong(f"{key!r} sorts no {keys.noun}; {', '.join(keys.attributes)} do")
        key = keys.attributes[key]
    way = reader.word().upper()
    if way not in _WAYS or not reader.at_end():
        raise reader.wrong("only ASC or DESC can follow")
    return Order(key, _WAYS[way], kind)
