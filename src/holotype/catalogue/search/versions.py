"""Which versions match a query, in which order?

1. Every term that an index can list is counted, up to a bound, in one statement.
2. Nothing there: nothing matches.
3. A term is rare: its few versions are looked at one by one, and sorted.
4. All terms are common: versions are walked along the order, or, the newest first, along the rarest term, until the
   page is full. What has no key for the order is walked last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from holotype.catalogue.search import sources
from holotype.catalogue.search.comparing import fenced, found, unindexed
from holotype.catalogue.search.conditions import Conditions
from holotype.catalogue.search.orders import After, Order, order_of
from holotype.catalogue.search.sources import Counted
from holotype.catalogue.tables import metrics, models, versions
from holotype.db import Tx
from holotype.domain.entities import Version
from holotype.domain.query_tree import And, Node, Term, Text
from holotype.domain.sorting import Sort

V = versions.alias("v")


@dataclass(frozen=True, slots=True)
class Visible:
    """What the caller may see: all models of some namespaces, and some models beside them, by id."""

    namespaces: tuple[int, ...] = ()
    models: tuple[int, ...] = ()

    def among(self, namespace_id: sa.ColumnElement[int], model_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
        """Return whether a row belongs to what may be seen; no index can be drawn to it."""
        return fenced(namespace_id.in_(self.namespaces) | model_id.in_(self.models))

    def holds(self, version: Version) -> bool:
        """Say whether a version belongs to what may be seen."""
        return version.namespace_id in self.namespaces or version.model_id in self.models


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for: a query, its order, what the caller may see, the moment, and how many."""

    query: Node
    sort: Sort
    now: int
    limit: int
    visible: Visible | None = None
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
    terms = list(search.query.children if isinstance(search.query, And) else (search.query,))
    ways = _ways(tx, search, terms)  # 1
    if any(way.counted.count == 0 for way in ways):
        return Plan("nothing")  # 2
    rarest = min(ways, key=lambda way: way.counted.count, default=None)
    if rarest is not None and rarest.counted.few:
        where = _matches(search, tx, [term for term in terms if term not in rarest.exactly])
        return Plan("few", (_from_few(rarest.counted, order, search, where),))  # 3
    dense = frozenset(text for way in ways if way.counted.dense for text in way.exactly if isinstance(text, Text))
    along = [way for way in ways if way.counted.ordered] if order.by_id and search.sort.descending else []
    if along:  # 4
        way = min(along, key=lambda way: way.counted.oldest)
        others = [term for term in terms if term not in way.exactly]
        return Plan("term", (_along_term(way.counted, search, _matches(search, tx, others, dense)),))
    return Plan("order", tuple(_along_order(order, search, _matches(search, tx, terms, dense))))


@dataclass(frozen=True, slots=True)
class _Way:
    """What the indexes have for a term, and the terms that hold for exactly what they list."""

    counted: Counted
    exactly: tuple[Node, ...] = ()


def _ways(tx: Tx, search: Search, terms: Sequence[Node]) -> list[_Way]:
    dialect = tx.dialect.name
    listed = [(term, group) for term in terms if (group := sources.of(term, dialect, search.now))]
    counted = sources.count(tx, [group for _, group in listed])
    ways = [
        _Way(one, (term,) if isinstance(term, Term | Text) else ())
        for one, (term, _) in zip(counted, listed, strict=True)
    ]
    more: list[tuple[tuple[Node, ...], tuple[sources.Source, ...]]] = []
    own = tuple(way.exactly[0] for way in ways if _in_own_texts(way))
    if len(own) > 1:  # words that no model has: full text finds those that have all of them
        more.append((own, sources.of_words([text for text in own if isinstance(text, Text)], dialect)))
    if search.visible is not None:
        more.append(((), sources.of_visible(search.visible.namespaces, search.visible.models)))
    found = sources.count(tx, [group for _, group in more]) if more else []
    return ways + [_Way(one, exactly) for one, (exactly, _) in zip(found, more, strict=True)]


def _in_own_texts(way: _Way) -> bool:
    return bool(way.exactly) and isinstance(way.exactly[0], Text) and way.counted.parts[-1:] == (0,)


def _matches(
    search: Search, tx: Tx, terms: Sequence[Node], dense: frozenset[Text] = frozenset()
) -> sa.ColumnElement[bool]:
    where = V.c.deleted_at.is_(None) & Conditions(V, tx.dialect.name, search.now, dense).of(And(tuple(terms)))
    return where if search.visible is None else where & search.visible.among(V.c.namespace_id, V.c.model_id)


def _from_few(rarest: Counted, order: Order, search: Search, where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    chosen = sources.union(rarest)
    key = order.key(V)
    listed = sa.select(V.c.id, key.label("key")).join_from(chosen, V, V.c.id == unindexed(chosen.c.id)).where(where)
    rows = listed.subquery("matching")
    after = search.after
    behind: sa.ColumnElement[bool]
    behind = sa.true() if after is None else order.behind_keyless(after, rows.c.id) & rows.c.key.is_(None)
    if after is not None and after.key is not None:
        behind = rows.c.key.is_(None) | order.behind(after, rows.c.key, rows.c.id)
    if order.by_id:
        behind = order.behind(after, rows.c.key, rows.c.id)
    return (
        sa.select(rows)
        .where(behind)
        .order_by(*(one.nulls_last() for one in order.by(rows.c.key)), *order.by(rows.c.id))
    )


def _along_term(rarest: Counted, search: Search, where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    source = rarest.sources[0]
    column = sources.column_of(source)
    table = column.table
    walked = source.ids.with_only_columns(column.label("id"), column.label("key")).distinct()
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
    rows: sa.Select[Any] = sa.select(sa.literal_column("1")).where(other.c.version_id == table.c.version_id)
    rows = rows.where(order.beside_condition(other), there > here if order.sort.descending else there < here)
    return found(rows.correlate(table))


def _along_names(order: Order, after: After | None, where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    walked = sa.select(V.c.id, models.c.name.label("key")).join_from(models, V, V.c.model_id == unindexed(models.c.id))
    walked = walked.where(where, order.behind(after, models.c.name, V.c.id))
    if after is not None:  # the pair above cannot be searched in an index, its first part can
        walked = walked.where(models.c.name <= after.key if order.sort.descending else models.c.name >= after.key)
    return walked.order_by(*order.by(models.c.name, V.c.id))
