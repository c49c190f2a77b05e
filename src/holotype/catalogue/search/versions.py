"""Which versions match a query, in which order?

    1. Every term that an index can list is counted, up to a bound, in one statement.
    2. Nothing there: nothing matches.
    3. A term is rare: its few versions are looked at one by one, and sorted.
    4. All terms are common: versions are walked along the order, or, the newest first, along the rarest term, until the
       page is full. What has no key for the order is walked last.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from holotype.catalogue.search import sources
from holotype.catalogue.search.comparing import found, unindexed
from holotype.catalogue.search.conditions import Conditions
from holotype.catalogue.search.orders import After, Order, order_of
from holotype.catalogue.search.sources import Counted
from holotype.catalogue.tables import metrics, models, versions
from holotype.db import Tx
from holotype.domain.query_tree import And, Node
from holotype.domain.sorting import Sort

V = versions.alias("v")


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for: a query, its order, the namespaces that the caller may see, the moment, and how many."""

    query: Node
    sort: Sort
    now: int
    limit: int
    visible: Collection[int] | None = None
    after: After | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The statements of a search, each the continuation of the one before; none where nothing can match."""

    way: str
    statements: tuple[sa.Select[Any], ...] = ()


def find_versions(tx: Tx, search: Search) -> list[After]:
    """Return the ids and keys of up to ``limit`` versions behind the cursor; ``tx`` is a snapshot."""
    rows: list[After] = []
    for statement in plan(tx, search).statements:
        wanted = search.limit - len(rows)
        rows.extend(After(row.key, int(row.id)) for row in tx.execute(statement.limit(wanted)))
        if len(rows) == search.limit:
            break
    return rows


def plan(tx: Tx, search: Search) -> Plan:
    """Choose the way to the versions, by counting."""
    order = order_of(search.sort, search.query)
    terms = search.query.children if isinstance(search.query, And) else (search.query,)
    listed = [group for term in terms if (group := sources.of(term, tx.dialect.name, search.now))]
    if search.visible is not None:
        listed.append(sources.of_namespaces(sorted(search.visible)))
    counted = sources.count(tx, listed)  # 1
    if any(one.count == 0 for one in counted):
        return Plan("nothing")  # 2
    where = _matches(search, tx.dialect.name)
    rarest = min(counted, key=lambda one: one.count, default=None)
    if rarest is not None and rarest.few:
        return Plan("few", (_from_few(rarest, order, search, where),))  # 3
    along = [one for one in counted if one.ordered]
    if order.by_id and search.sort.descending and along:
        return Plan("term", (_along_term(min(along, key=lambda one: one.oldest), search, where),))  # 4
    return Plan("order", tuple(_along_order(order, search, where)))


def _matches(search: Search, dialect: str) -> sa.ColumnElement[bool]:
    where = V.c.deleted_at.is_(None) & Conditions(V, dialect, search.now).of(search.query)
    if search.visible is not None:
        where &= unindexed(V.c.namespace_id).in_(sorted(search.visible))
    return where


def _from_few(rarest: Counted, order: Order, search: Search, where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    chosen = sources.union(rarest)
    key = order.key(V)
    listed = sa.select(V.c.id, key.label("key")).join_from(chosen, V, V.c.id == unindexed(chosen.c.id)).where(where)
    rows = listed.subquery("matching")
    after = search.after
    behind = sa.true() if after is None else order.behind_keyless(after, rows.c.id) & rows.c.key.is_(None)
    if after is not None and after.key is not None:
        behind = rows.c.key.is_(None) | order.behind(after, rows.c.key, rows.c.id)
    if order.by_id:
        behind = order.behind(after, rows.c.key, rows.c.id)
    return sa.select(rows).where(behind).order_by(rows.c.key.is_(None), *order.by(rows.c.key, rows.c.id))


def _along_term(rarest: Counted, search: Search, where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    source = rarest.ordered
    assert source is not None
    listed = source.ids.selected_columns.id
    column = listed.element if isinstance(listed, sa.Label) else listed
    table = column.table
    walked = source.ids.with_only_columns(V.c.id, V.c.id.label("key"), maintain_column_froms=True).distinct()
    if search.after is not None:
        walked = walked.where(column < search.after.id)
    return walked.select_from(table.join(V, V.c.id == unindexed(column))).where(where).order_by(column.desc())


def _along_order(order: Order, search: Search, where: sa.ColumnElement[bool]) -> list[sa.Select[Any]]:
    after = search.after
    if order.field == "name":
        return [_along_names(order, after, where)]
    if order.field in {"metric", "param"}:
        first = [] if after is not None and after.key is None else [_along_beside(order, search, where)]
        rest = sa.select(V.c.id, sa.null().label("key")).where(order.keyless(V), where)
        last = rest.where(order.behind_keyless(after, V.c.id)).order_by(*order.by(V.c.id))
        return [*first, last] if order.keyless_possible else first
    key = order.key(V)
    walked = sa.select(V.c.id, key.label("key")).where(where, order.within(key, search.now))
    columns = (V.c.id,) if order.by_id else (key, V.c.id)
    return [walked.where(order.behind(after, key, V.c.id)).order_by(*order.by(*columns))]


def _along_beside(order: Order, search: Search, where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    table, key = order.beside()
    row_id = table.c.version_id
    walked = sa.select(V.c.id, key.label("key")).join_from(table, V, V.c.id == unindexed(row_id))
    walked = walked.where(order.beside_condition(table), key.is_not(None), where, order.within(key, search.now))
    if order.field == "metric" and order.sort.slice is None:
        walked = walked.where(sa.not_(_better(order, table)))
    return walked.where(order.behind(search.after, key, row_id)).order_by(*order.by(key, row_id))


def _better(order: Order, table: sa.FromClause) -> sa.ColumnElement[bool]:
    """Return whether the version of a metric has a better value of it: then it was met before."""
    other = metrics.alias("better")
    here = sa.tuple_(table.c.value, table.c.dataset, table.c.slice)
    there = sa.tuple_(other.c.value, other.c.dataset, other.c.slice)
    rows = sa.select(sa.literal_column("1")).where(other.c.version_id == table.c.version_id)
    rows = rows.where(order.beside_condition(other), there > here if order.sort.descending else there < here)
    return found(rows.correlate(table))


def _along_names(order: Order, after: After | None, where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    walked = sa.select(V.c.id, models.c.name.label("key")).join_from(models, V, V.c.model_id == unindexed(models.c.id))
    walked = walked.where(where, order.behind(after, models.c.name, V.c.id))
    if after is not None:  # the pair above cannot be searched in an index, its first part can
        walked = walked.where(models.c.name <= after.key if order.sort.descending else models.c.name >= after.key)
    return walked.order_by(*order.by(models.c.name, V.c.id))
