"""Which statements walk to the versions of a page: from a list of few, along a term, along an order?

Each takes ``matching``: what the query asks of a row that comes in by the id in some column.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from holotype.catalogue.search import sources
from holotype.catalogue.search.asked import After, Search
from holotype.catalogue.search.comparing import fenced, found, unindexed
from holotype.catalogue.search.orders import Order
from holotype.catalogue.search.sources import Counted, Source
from holotype.catalogue.tables import metrics, models, namespaces, versions

V = versions.alias("v")
_BETTER = metrics.alias("better")
Matching = Callable[[sa.ColumnElement[Any]], sa.ColumnElement[bool]]


def from_few(
    rarest: Counted, order: Order, search: Search, matching: Matching, probes: Sequence[Source] = ()
) -> sa.Select[Any]:
    """Look at each of the few versions that a term, and all probes, list; sort those that match."""
    chosen = sources.union(rarest, probes)
    keys = [key.label(f"key{i}") for i, key in enumerate(order.keys(V))]
    ties = [tie.label(f"tie{i}") for i, tie in enumerate(order.ties(V))]
    listed = sa.select(V.c.id, *keys, *ties).join_from(chosen, V, V.c.id == unindexed(chosen.c.id))
    listed = listed.where(matching(chosen.c.id))
    # the limit keeps the planners from walking along the order instead
    rows = listed.limit(sa.literal_column("1000000000")).subquery("matching")
    sorted_by: list[sa.ColumnElement[Any]] = [rows.c[key.name] for key in keys]
    tied: list[sa.ColumnElement[Any]] = [rows.c[tie.name] for tie in ties]
    return (
        sa.select(rows.c.id, *sorted_by)
        .where(order.behind_any(search.after, sorted_by, tied))
        .order_by(*(one.nulls_last() for one in order.by(*sorted_by)), *order.by(*tied))
    )


def along_term(rarest: Counted, search: Search, matching: Matching) -> sa.Select[Any]:
    """Walk along the ids of a term, the newest first."""
    source = rarest.sources[0]
    column = sources.column_of(source)
    table = column.table
    walked = source.ids.with_only_columns(column.label("id"), column.label("key")).distinct()
    if search.after is not None:
        walked = walked.where(column < search.after.id)
    return (
        walked.select_from(table.join(V, V.c.id == unindexed(column))).where(matching(column)).order_by(column.desc())
    )


def along_order(
    order: Order, search: Search, matching: Matching, dialect: str, model_id: int | None, *, few: bool = False
) -> list[sa.Select[Any]]:
    """Walk along an order, statement after statement.

    ``model_id`` is the only model that the query wants, if any; ``few`` says that all its versions can be looked at.
    """
    after = search.after
    if order.of_model:
        return [_along_models(order, search, matching(V.c.id), dialect)]
    if order.field == "stage":
        return _along_stages(order, search, matching(V.c.id))
    if order.beside:
        return _along_beside(order, search, matching, model_id, few=few)
    key, ties = order.keys(V)[0], order.ties(V)
    walked = sa.select(V.c.id, key.label("key")).where(matching(V.c.id), order.within(key, search.now))
    if model_id is not None:
        walked = walked.where(V.c.model_id == model_id)
    return [walked.where(order.behind(after, key, ties)).order_by(*order.by(key, *ties))]


def _along_stages(order: Order, search: Search, where: sa.ColumnElement[bool]) -> list[sa.Select[Any]]:
    """Walk stage by stage, and through each by id."""
    asked = [(term.operator == "=", term.value) for term in order.bounds]
    ranks = order.ranks
    stages = [stage for stage in ranks if all((stage == value) == same for same, value in asked)]
    after = search.after
    first = list(ranks)[int(after.key or 0) % len(ranks)] if after else None
    ordered = stages[::-1] if order.sort.descending else stages
    walked = ordered[ordered.index(first) :] if first in ordered else ordered
    found = []
    for stage in walked:
        rank = sa.literal_column(str(ranks[stage]), sa.Integer)
        behind = order.behind_keyless(After(None, after.id), V.c.id) if after and stage == first else sa.true()
        one = sa.select(V.c.id, rank.label("key")).where(V.c.stage == stage, where, behind)
        found.append(one.order_by(*order.by(V.c.id)))
    return found


def _along_beside(
    order: Order, search: Search, matching: Matching, model_id: int | None, *, few: bool
) -> list[sa.Select[Any]]:
    """Walk along each key beside, then what has none."""
    table, after = order.table(), search.after
    place = order.place(after)
    found = [
        _along_key(order, search if i == place else replace(search, after=None), matching, key, model_id)
        for i, key in enumerate(order.columns(table))
        if i >= place
    ]
    if order.keyless_possible:
        rest = sa.select(V.c.id, sa.null().label("key")).where(order.keyless(V), matching(V.c.id))
        rest = rest.where(V.c.model_id == model_id) if few else rest
        found.append(rest.where(order.behind_keyless(after, V.c.id)).order_by(*order.by(V.c.id)))
    return found


def _along_key(
    order: Order, search: Search, matching: Matching, key: sa.ColumnElement[Any], model_id: int | None
) -> sa.Select[Any]:
    table: Any = key.table
    row_id = table.c.version_id
    walked = sa.select(V.c.id, key.label("key")).join_from(table, V, V.c.id == unindexed(row_id))
    walked = walked.where(
        order.beside_condition(table), key.is_not(None), matching(row_id), order.within(key, search.now)
    )
    if model_id is not None:
        walked = walked.where(table.c.model_id == model_id)
    if order.field == "metric" and order.sort.slice is None:
        walked = walked.where(sa.not_(_better(order, table)))
    return walked.where(order.behind(search.after, key, [row_id])).order_by(*order.by(key, row_id))


def _better(order: Order, table: sa.FromClause) -> sa.ColumnElement[bool]:
    """Return whether the version of a metric has a better value of it: then it was met before."""
    other = _BETTER
    here = sa.tuple_(table.c.value, table.c.dataset, table.c.slice)
    there = sa.tuple_(other.c.value, other.c.dataset, other.c.slice)
    rows: sa.Select[Any] = sa.select(sa.literal_column("1")).where(other.c.version_id == table.c.version_id)
    better = there > here if order.sort.descending else there < here
    rows = rows.where(order.beside_condition(other), fenced(better))
    return found(rows.correlate(table))


def _along_models(order: Order, search: Search, where: sa.ColumnElement[bool], dialect: str) -> sa.Select[Any]:
    """Walk model by model, and through each by number.

    SQLite sees that this is the order of the page. PostgreSQL would sort all versions of a model; so it is given the
    first of each model, a page at most.
    """
    by_name, after = order.field == "name", search.after
    model, number = models.alias("walked"), V.c.number
    key, tie = (model.c.name, model.c.id) if by_name else (namespaces.c.name, model.c.name)
    walked = sa.select(model.c.id, key.label("key"), tie.label("tie")).where(model.c.deleted_at.is_(None))
    walked = walked if by_name else walked.join_from(namespaces, model, model.c.namespace_id == namespaces.c.id)
    if after is not None:  # the keys below cannot be searched in an index, the first of them can
        walked = walked.where(key <= after.key if order.sort.descending else key >= after.key)
    if dialect == "sqlite":
        versions_of = walked.with_only_columns(V.c.id, key.label("key"))
        versions_of = versions_of.join(V, V.c.model_id == unindexed(model.c.id))
        versions_of = versions_of.where(where, order.behind(after, key, [tie, number]))
        return versions_of.order_by(*order.by(key, tie, number))
    listed = walked.order_by(*order.by(key, tie)).subquery("listed")
    each = sa.select(V.c.id, number).where(V.c.model_id == unindexed(listed.c.id), where).correlate(listed)
    each = each.where(order.behind(after, listed.c.key, [listed.c.tie, number])).order_by(*order.by(number))
    first = each.limit(search.limit).lateral("first")
    chosen = sa.select(first.c.id, listed.c.key).join_from(listed, first, sa.true())
    return chosen.order_by(*order.by(listed.c.key, listed.c.tie, first.c.number))
