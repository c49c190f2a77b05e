"""Which versions or models of a namespace match a filter, in which order? Ids and keys of a page of them.

1. What each clause can mean is counted, up to a bound: the rarest that few versions match lists them, and they are
   sorted. Else versions are walked along the first key of the order, until the page is full.
2. Walks by name go model by model: first keys are names where a model has no title, and titles where it has one, each
   along its index.
3. Versions that are still to come stand among the others: the database merges a page of each.

How that is written is in ``holotype.catalogue.search.written``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from holotype.catalogue.search import forms, sources
from holotype.catalogue.search.asked import Visible
from holotype.catalogue.search.forms import Shape
from holotype.catalogue.search.keyset import Place
from holotype.catalogue.search.written import Chosen, Written, counting, groups, models_page, run, versions_page
from holotype.catalogue.tables import versions
from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.domain.filters import Clause, Order

_SAMPLE = 100
_NEWEST = Prepared(
    sa.select(versions.c.namespace_id, versions.c.model_id).order_by(versions.c.id.desc()).limit(_SAMPLE)
)
_WALKED = 4
"""A row that is walked past costs a quarter of one that is listed, looked up and sorted."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What to look for in a namespace, what the caller may see of it, behind which place, and how many."""

    namespace_id: int
    clauses: tuple[Clause, ...]
    orders: tuple[Order, ...]
    limit: int
    visible: Visible | None = None
    after: Place | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A row that was found: its place in the order, which kind of row it is, its id, and what its model is called."""

    place: Place
    kind: int
    id: int
    title: str


def find_versions(tx: Tx, wanted: Filter) -> list[Hit]:
    """Return up to ``limit`` versions and intakes behind the place; ``tx`` is a snapshot."""
    return _hits(run(tx, *versions_asked(tx, wanted)), wanted)


def find_models(tx: Tx, wanted: Filter) -> list[Hit]:
    """Return up to ``limit`` models behind the place."""
    return _hits(run(tx, *models_asked(tx, wanted)), wanted)


def versions_asked(tx: Tx, wanted: Filter) -> tuple[Written, dict[str, Any]]:
    """Return how the statement for a page of versions is written, and its values."""
    shape, values = _shape(wanted), _values(tx, wanted)
    return Written(versions_page, shape, (_listed_one(tx, wanted, shape, values), tx.dialect.name)), values


def models_asked(tx: Tx, wanted: Filter) -> tuple[Written, dict[str, Any]]:
    """Return how the statement for a page of models is written, and its values."""
    return Written(models_page, _shape(wanted)), _values(tx, wanted)


def _shape(wanted: Filter) -> Shape:
    seen = wanted.visible
    restricted = None if seen is None or wanted.namespace_id in seen.namespaces else seen
    return Shape(forms.forms_of(wanted.clauses), wanted.orders, wanted.after is not None, restricted)


def _values(tx: Tx, wanted: Filter) -> dict[str, Any]:
    values = {"namespace_id": wanted.namespace_id, "limit": wanted.limit}
    return values | forms.values_of(wanted.clauses, wanted.after, tx.dialect.name)


def _listed_one(tx: Tx, wanted: Filter, shape: Shape, values: Mapping[str, Any]) -> Chosen | None:
    """Return the rarest clause, if looking at all versions that it lists costs less than a walk is likely to."""
    narrow = _is_narrow(tx, wanted)
    listing = groups(shape, narrow=narrow)
    if not listing:
        return None
    found = sources.counted(listing, run(tx, Written(counting, shape, (narrow, sources.FEW)), values))
    place = min(range(len(found)), key=lambda at: found[at].count)
    rarest = found[place]
    if not rarest.few:
        return None
    reach = float(wanted.limit)
    for one in found:
        reach /= max(one.share, 1e-9)
    if rarest.count * _WALKED > min(reach, rarest.newest) and rarest.count:
        return None
    return Chosen(narrow, place, tuple(part > 0 for part in rarest.parts))


def _is_narrow(tx: Tx, wanted: Filter) -> bool:
    """Say whether what may be seen in the namespace is but a small part of the registry, to judge by the newest."""
    rows = _NEWEST(tx, {})
    seen = wanted.visible
    inside = [row for row in rows if row.namespace_id == wanted.namespace_id]
    if seen is not None:
        inside = [row for row in inside if seen.has(row.namespace_id, row.model_id)]
    return len(inside) * 4 < len(rows)


def _hits(rows: Sequence[Any], wanted: Filter) -> list[Hit]:
    many = len(wanted.orders)
    return [Hit(tuple(row[3 : 3 + many]), row.kind, row.id, row.title) for row in rows]
