"""Which versions or models of a namespace match a filter, in which order? Ids and keys of a page of them.

1. What each clause can mean is counted, up to a bound: the rarest that few versions match lists them, and they are
   sorted. Else versions are walked along the first key of the order, until the page is full.
2. Walks by name go model by model: first keys are names where a model has no title, and titles where it has one, each
   along its index.
3. Versions that are still to come stand among the others: the database merges a page of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from holotype.catalogue.search import filtering, sources
from holotype.catalogue.search.asked import Visible
from holotype.catalogue.search.comparing import fenced, unindexed
from holotype.catalogue.search.filtering import I, M, V, title_of
from holotype.catalogue.search.keyset import Key, Place, behind
from holotype.catalogue.search.sources import Counted, Source
from holotype.catalogue.tables import models, versions
from holotype.db import Tx
from holotype.domain.filters import Clause, Order

VERSION, INTAKE = 0, 1
_TIMES = {"creation_timestamp": "created_at", "last_updated_timestamp": "changed_at"}
_SAMPLE = 100
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
    return _hits(tx, versions_statement(tx, wanted), wanted)


def find_models(tx: Tx, wanted: Filter) -> list[Hit]:
    """Return up to ``limit`` models behind the place."""
    return _hits(tx, models_statement(wanted), wanted)


def versions_statement(tx: Tx, wanted: Filter) -> sa.Select[Any]:
    """Return the statement for a page of versions."""
    few = _few(tx, wanted)
    parts = [_along_intakes(wanted)]
    if few is not None:
        parts += [_listed(few, wanted)] if few.count else []
    elif wanted.orders[0].key == "name":
        parts += [_model_by_model(wanted, tx.dialect.name, titled=titled) for titled in (False, True)]
    else:
        parts.append(_along(wanted))
    return _merged(parts, wanted)


def models_statement(wanted: Filter) -> sa.Select[Any]:
    """Return the statement for a page of models."""
    where = M.c.deleted_at.is_(None) & filtering.matching(wanted.clauses, filtering.models_asked())
    named = wanted.orders[0].key == "name"
    space = M.c.namespace_id == wanted.namespace_id
    where &= space if named else fenced(space)
    where &= _seen(wanted, M.c.id)
    parts = []
    for titled in (False, True) if named else (None,):
        keys = _keys(wanted.orders, M, titled)
        rows = sa.select(*_columns(VERSION, M.c.id, _name(titled), keys)).where(where, _titled(titled))
        parts.append(_page(rows, keys, wanted))
    return _merged(parts, wanted)


def _few(tx: Tx, wanted: Filter) -> Counted | None:
    """Return the versions of the rarest clause, if looking at all of them costs less than a walk is likely to."""
    groups = [group for clause in wanted.clauses if (group := filtering.listed(clause, wanted.namespace_id))]
    if _is_narrow(tx, wanted):
        groups.append(_inside(wanted))
    if not groups:
        return None
    counted = sources.count(tx, groups)
    rarest = min(counted, key=lambda one: one.count)
    if not rarest.few:
        return None
    reach = float(wanted.limit)
    for one in counted:
        reach /= max(one.share, 1e-9)
    return rarest if rarest.count * _WALKED <= min(reach, rarest.newest) or not rarest.count else None


def _is_narrow(tx: Tx, wanted: Filter) -> bool:
    """Say whether what may be seen in the namespace is but a small part of the registry, to judge by the newest."""
    newest = sa.select(versions.c.namespace_id, versions.c.model_id).order_by(versions.c.id.desc()).limit(_SAMPLE)
    rows = tx.execute(newest).all()
    seen = wanted.visible
    inside = [row for row in rows if row.namespace_id == wanted.namespace_id]
    if seen is not None:
        inside = [row for row in inside if seen.has(row.namespace_id, row.model_id)]
    return len(inside) * 4 < len(rows)


def _inside(wanted: Filter) -> tuple[Source, ...]:
    """Return the source of all versions in the namespace that the caller may see."""
    inside = sa.select(models.c.id).where(models.c.namespace_id == wanted.namespace_id)
    seen = wanted.visible
    if seen is not None and wanted.namespace_id not in seen.namespaces and not seen.many:
        inside = inside.where(models.c.id.in_(seen.models))
    return (Source(sa.select(versions.c.id).where(versions.c.model_id.in_(inside))),)


def _listed(few: Counted, wanted: Filter) -> sa.Select[Any]:
    chosen = sources.union(few)
    keys = _keys(wanted.orders, V)
    rows = sa.select(*_columns(VERSION, V.c.id, title_of(M), keys))
    rows = rows.join_from(chosen, V, V.c.id == unindexed(chosen.c.id)).join(M, M.c.id == unindexed(V.c.model_id))
    rows = rows.where(_matches(wanted)).limit(sa.literal_column("1000000000"))
    found = rows.subquery("listed")  # the limit keeps the planners from walking along the order instead
    again = [Key(found.c[f"key{i}"], key.descending) for i, key in enumerate(keys)]
    return _page(sa.select(found), again, wanted)


def _along(wanted: Filter) -> sa.Select[Any]:
    keys = _keys(wanted.orders, V)
    rows = sa.select(*_columns(VERSION, V.c.id, title_of(M), keys))
    rows = rows.join_from(V, M, M.c.id == unindexed(V.c.model_id)).where(_matches(wanted))
    return _page(rows, keys, wanted)


def _model_by_model(wanted: Filter, dialect: str, *, titled: bool) -> sa.Select[Any]:
    """Walk models by name, and through the versions of each in the order of the other keys.

    SQLite sees that this is the order of the page. PostgreSQL would sort all versions of a model; so it is given the
    first of each model, a page at most.
    """
    keys = _keys(wanted.orders, V, titled)
    if keys[1].column is not V.c.number:  # no index has it model by model, and none is to be tried
        keys[1] = Key(unindexed(keys[1].column), keys[1].descending)
    inside = (M.c.namespace_id == wanted.namespace_id) & M.c.deleted_at.is_(None) & _titled(titled)
    if dialect == "sqlite":
        rows = sa.select(*_columns(VERSION, V.c.id, _name(titled), keys))
        rows = rows.join_from(M, V, V.c.model_id == unindexed(M.c.id)).where(inside, _matches(wanted))
        return _page(rows, keys, wanted)
    others = sa.select(V.c.id, *(key.column.label(f"key{i}") for i, key in enumerate(keys) if i))
    others = others.where(V.c.model_id == M.c.id, _matches(wanted), behind(keys, wanted.after))
    others = others.order_by(*(key.by for key in keys[1:])).limit(wanted.limit)
    first = others.correlate(M).lateral("first")
    again = [keys[0], *(Key(first.c[f"key{i}"], key.descending) for i, key in enumerate(keys) if i)]
    rows = sa.select(*_columns(VERSION, first.c.id, _name(titled), again)).join_from(M, first, sa.true()).where(inside)
    if wanted.after is not None:
        rows = rows.where(keys[0].behind(wanted.after[0], at_it=True))
    return rows.order_by(*(key.by for key in again)).limit(wanted.limit)


def _along_intakes(wanted: Filter) -> sa.Select[Any]:
    keys = _keys(wanted.orders, I)
    where = filtering.matching(wanted.clauses, filtering.intakes_asked())
    where &= (I.c.namespace_id == wanted.namespace_id) & M.c.deleted_at.is_(None) & _seen(wanted, I.c.model_id)
    rows = sa.select(*_columns(INTAKE, I.c.id, title_of(M), keys))
    return _page(rows.join_from(I, M, M.c.id == unindexed(I.c.model_id)).where(where), keys, wanted)


def _matches(wanted: Filter) -> sa.ColumnElement[bool]:
    where = V.c.deleted_at.is_(None) & fenced(V.c.namespace_id == wanted.namespace_id)
    where &= filtering.matching(wanted.clauses, filtering.versions_asked())
    return where & _seen(wanted, V.c.model_id)


def _seen(wanted: Filter, model_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    if wanted.visible is None or wanted.namespace_id in wanted.visible.namespaces:
        return sa.true()
    return wanted.visible.among(sa.literal(wanted.namespace_id), model_id)


def _keys(orders: Sequence[Order], rows: Any, titled: bool | None = None) -> list[Key]:
    """Return the keys of rows: versions or intakes of a model, or models themselves."""
    found = []
    for order in orders:
        if order.key == "name":
            column = _name(titled)
        elif order.key == "version_number":
            column = rows.c.number
        else:
            column = rows.c[_TIMES[order.key]]
        found.append(Key(column, order.descending))
    return found


def _name(titled: bool | None) -> sa.ColumnElement[Any]:
    """Return what models are called, as the index has it that lists those with or without titles."""
    return title_of(M) if titled is None else M.c.title if titled else M.c.name


def _titled(titled: bool | None) -> sa.ColumnElement[bool]:
    return sa.true() if titled is None else M.c.title.is_not(None) if titled else M.c.title.is_(None)


def _columns(kind: int, row_id: Any, name: Any, keys: Sequence[Key]) -> list[sa.ColumnElement[Any]]:
    numbered = [key.column.label(f"key{i}") for i, key in enumerate(keys)]
    return [sa.literal_column(str(kind)).label("kind"), row_id.label("id"), name.label("title"), *numbered]


def _page(rows: sa.Select[Any], keys: Sequence[Key], wanted: Filter) -> sa.Select[Any]:
    return rows.where(behind(keys, wanted.after)).order_by(*(key.by for key in keys)).limit(wanted.limit)


def _merged(parts: Sequence[sa.Select[Any]], wanted: Filter) -> sa.Select[Any]:
    each = [sa.select(part.subquery()) for part in parts]
    rows = (sa.union_all(*each) if len(each) > 1 else each[0]).subquery("found")
    keys = [Key(rows.c[f"key{i}"], order.descending) for i, order in enumerate(wanted.orders)]
    return sa.select(rows).order_by(*(key.by for key in keys)).limit(wanted.limit)


def _hits(tx: Tx, statement: sa.Select[Any], wanted: Filter) -> list[Hit]:
    many = len(wanted.orders)
    return [Hit(tuple(row[3 : 3 + many]), row.kind, row.id, row.title) for row in tx.execute(statement)]
