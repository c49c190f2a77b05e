"""Which experiments, runs and logged models does somebody look for?

A page is a list of ids in order; where the next one begins is said by the id of the last row, whose place in the order
is looked up again. Rows without what the list is sorted by come last, whichever way it is sorted; a NaN comes before
them. A clause about a tag, parameter or metric holds where there is one for which it holds, also with ``!=``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from holotype.db import Tx
from holotype.db.types import bound_list, in_list, like
from holotype.domain.filters import ATTRIBUTE, DATASET, METRIC, PARAMETER, TAG, Clause, Order
from holotype.errors import Invalid
from holotype.tracking.tables import (
    experiments,
    latest_metrics,
    logged_models,
    run_inputs,
    runs,
    tracked_params,
    tracked_tags,
)

Expression = sa.ColumnElement[Any]
Keys = list[tuple[Expression, bool]]
"""What rows are sorted by, none of it NULL, and whether downwards."""
DataSets = Sequence[tuple[str, str]]
"""Names of data sets with their digests; an empty digest stands for any."""
_MOST_MEASURED = 200
_A_MILLISECOND = sa.literal_column("1000", sa.Integer)


@dataclass(frozen=True, slots=True)
class Noun:
    """What is looked for: its table, its attributes as columns, and the text under which things hang on it.

    ``moments`` are kept as microseconds and compared as milliseconds.
    """

    table: sa.Table
    attributes: Mapping[str, Expression]
    owner: Expression
    at_first: tuple[Order, ...]
    moments: frozenset[str]
    nullable: frozenset[str] = frozenset()


EXPERIMENTS = Noun(
    experiments,
    {
        "name": experiments.c.name,
        "experiment_id": experiments.c.id,
        "creation_time": experiments.c.created_at,
        "last_update_time": experiments.c.changed_at,
    },
    sa.cast(experiments.c.id, sa.Text),
    (Order("creation_time", descending=True), Order("experiment_id", descending=True)),
    frozenset({"creation_time", "last_update_time"}),
)
RUNS = Noun(
    runs,
    {
        "run_id": runs.c.id,
        "run_name": runs.c.name,
        "user_id": runs.c.ran_by,
        "status": runs.c.status,
        "artifact_uri": sa.literal_column("'mlflow-artifacts:/'")
        + sa.cast(runs.c.experiment, sa.Text)
        + sa.literal_column("'/'")
        + runs.c.id
        + sa.literal_column("'/artifacts'"),
        "start_time": runs.c.started_at,
        "end_time": runs.c.ended_at,
    },
    runs.c.id,
    (Order("start_time", descending=True), Order("run_id")),
    frozenset({"start_time", "end_time"}),
    frozenset({"end_time"}),
)
LOGGED_MODELS = Noun(
    logged_models,
    {
        "name": logged_models.c.name,
        "model_id": logged_models.c.id,
        "model_type": logged_models.c.model_type,
        "status": logged_models.c.status,
        "source_run_id": logged_models.c.run_id,
        "creation_timestamp": logged_models.c.created_at,
        "last_updated_timestamp": logged_models.c.changed_at,
    },
    logged_models.c.id,
    (Order("creation_timestamp", descending=True), Order("model_id")),
    frozenset({"creation_timestamp", "last_updated_timestamp"}),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for, in which experiments, of which author (``None``: anybody's), deleted or not, and from where.

    ``datasets`` limit which metrics of logged models count; ``of`` does so for one metric that they are sorted by.
    """

    clauses: Sequence[Clause] = ()
    orders: Sequence[Order] = ()
    experiments: Sequence[int] | None = None
    author: str | None = None
    deleted: bool | None = False
    after: str | None = None
    limit: int = 100
    datasets: DataSets = ()
    of: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """Ids in order, and whether there are more."""

    ids: list[str]
    more: bool


def page(tx: Tx, noun: Noun, namespace_id: int, asked: Asked) -> Page:
    """Return a page of the ids of what is looked for."""
    _check(asked)
    table = noun.table
    here = table.c.namespace_id == namespace_id
    keys = _keys(noun, asked)
    found = sa.select(table.c.id).where(
        here, *_scope(table, asked), *[_holds(noun, one, asked) for one in asked.clauses]
    )
    if asked.datasets and not any(clause.kind == METRIC for clause in asked.clauses):
        found = found.where(_measured_on(noun, asked.datasets).exists())
    if asked.after is not None:
        last = table.c.id == (_numbers(asked.after) if noun is EXPERIMENTS else asked.after)
        place = tx.execute(sa.select(*[key.label(f"key_{i}") for i, (key, _) in enumerate(keys)]).where(here, last))
        row = place.one_or_none()
        if row is None:
            raise Invalid("The page token leads nowhere any more.", hint="Begin with the first page.")
        found = found.where(_behind(keys, list(row)))
    ordered = found.order_by(*[key.desc() if descending else key.asc() for key, descending in keys])
    several = asked.experiments is not None and len(asked.experiments) != 1
    bound = {"experiments": bound_list(asked.experiments or ())} if several else {}
    ids = [str(one) for one in tx.execute(ordered.limit(asked.limit + 1), bound).scalars()]
    return Page(ids[: asked.limit], len(ids) > asked.limit)


def _check(asked: Asked) -> None:
    """Raise for what would make a statement of thousands of parts: each looks at the data sets of one metric."""
    measured = 2 * sum(order.kind == METRIC for order in asked.orders)
    measured += sum(clause.kind == METRIC for clause in asked.clauses)
    if measured * max(len(asked.datasets), 1) > _MOST_MEASURED:
        raise Invalid("The search looks at too many metrics on too many data sets.", hint="Ask for fewer of either.")


def _scope(table: sa.Table, asked: Asked) -> list[Expression]:
    found: list[Expression] = []
    if asked.experiments is not None:
        one = len(asked.experiments) == 1
        found.append(table.c.experiment == asked.experiments[0] if one else in_list(table.c.experiment, "experiments"))
    if asked.author is not None:
        found.append(table.c.author == asked.author)
    if asked.deleted is not None:
        found.append(table.c.deleted_at.is_not(None) if asked.deleted else table.c.deleted_at.is_(None))
    return found


def _holds(noun: Noun, clause: Clause, asked: Asked) -> Expression:
    """Return the condition that a clause is."""
    if clause.kind == ATTRIBUTE:
        column = noun.attributes[clause.key]
        return _compared(column // _A_MILLISECOND if clause.key in noun.moments else column, clause)
    if clause.kind == METRIC:
        return _compared(_metric(noun, clause.key, asked.datasets, latest_metrics.c.value), clause)
    if clause.kind == DATASET:
        there = sa.select(sa.literal(1)).where(
            run_inputs.c.namespace_id == noun.table.c.namespace_id,
            run_inputs.c.run_id == noun.owner,
            _compared(run_inputs.c[clause.key], clause),
        )
        return there.exists()
    attached = _attached(noun, clause.kind, clause.key)
    if clause.comparator in {"IS NULL", "IS NOT NULL"}:
        there = attached.with_only_columns(sa.literal(1))
        return there.exists() if clause.comparator == "IS NOT NULL" else ~there.exists()
    return attached.where(_compared(attached.selected_columns.value, clause)).exists()


def _compared(left: Expression, clause: Clause) -> Expression:
    value: Any = clause.value
    if isinstance(left.type, sa.Integer) and isinstance(value, str | tuple):
        value = _numbers(value)
    match clause.comparator:
        case "LIKE" | "ILIKE":
            return like(left, str(value), any_case=clause.comparator == "ILIKE")
        case "IN":
            return left.in_(value)
        case "NOT IN":
            return left.not_in(value)
        case _:
            return left.op(clause.comparator, is_comparison=True)(value)


def _numbers(value: str | tuple[str, ...]) -> int | list[int]:
    """Return numbers of experiments; a text that is none stands for one that nothing has."""
    texts = (value,) if isinstance(value, str) else value
    found = [int(one) if one.isascii() and one.isdigit() and len(one) <= 18 else -1 for one in texts]
    return found[0] if isinstance(value, str) else found


def _attached(noun: Noun, kind: str, key: str) -> sa.Select[Any]:
    table = {TAG: tracked_tags, PARAMETER: tracked_params}[kind]
    return sa.select(table.c.value).where(
        table.c.namespace_id == noun.table.c.namespace_id, table.c.owner == noun.owner, table.c.key == key
    )


def _measured_on(noun: Noun, datasets: DataSets) -> sa.Select[Any]:
    row = latest_metrics.c
    found = sa.select(row.value).where(row.namespace_id == noun.table.c.namespace_id, row.owner == noun.owner)
    if not datasets:
        return found
    either = [
        (row.dataset == name) & (row.dataset_digest == digest) if digest else row.dataset == name
        for name, digest in datasets
    ]
    return found.where(sa.or_(*either))


def _metric(noun: Noun, key: str, datasets: DataSets, column: Expression) -> Expression:
    """Return a column of the last value of a metric. Of a run there is one; of a logged model one for each data set."""
    row = latest_metrics.c
    found = _measured_on(noun, datasets).where(row.key == key)
    if column is row.value:
        found = found.where(row.is_nan == 0)
    return found.with_only_columns(column).order_by(row.at.desc(), row.step.desc()).limit(1).scalar_subquery()


def _keys(noun: Noun, asked: Asked) -> Keys:
    found: Keys = []
    named = {order.key for order in asked.orders if order.kind == ATTRIBUTE}
    for order in (*asked.orders, *[one for one in noun.at_first if one.key not in named]):
        if order.kind == ATTRIBUTE:
            column = noun.attributes[order.key]
            if order.key in noun.nullable:
                found += [(_missing(column), False), (sa.func.coalesce(column, 0), order.descending)]
            else:
                found.append((column, order.descending))
        elif order.kind == METRIC:
            of = [asked.of[order.key]] if order.key in asked.of else asked.datasets
            value = _metric(noun, order.key, of, latest_metrics.c.value)
            nan = _metric(noun, order.key, of, latest_metrics.c.is_nan)
            rank = sa.case((nan == 1, 1), (nan.is_(None), 2), else_=0)
            found += [(rank, False), (sa.func.coalesce(value, 0.0), order.descending)]
        else:
            text = _attached(noun, order.kind, order.key).scalar_subquery()
            found += [(_missing(text), False), (sa.func.coalesce(text, ""), order.descending)]
    return found


def _missing(value: Expression) -> Expression:
    return sa.case((value.is_(None), 1), else_=0)


def _behind(keys: Keys, place: Sequence[Any]) -> Expression:
    """Return the condition that a row comes behind a place in the order; an index can begin at the first key."""
    either: list[Expression] = []
    same: list[Expression] = []
    for (key, descending), value in zip(keys, place, strict=True):
        either.append(sa.and_(*same, key < value if descending else key > value))
        same.append(key == value)
    first, descending = keys[0]
    return sa.and_(first <= place[0] if descending else first >= place[0], sa.or_(*either))
