"""What is the key of an order, which index walks along it, and what comes behind a cursor?

An order ends with ties that no two versions share, mostly the id, so that it is total; what has no value comes last,
by its ties alone. ``created`` orders by id: ids are given in the order in which versions are registered. Only where a
query bounds the time itself, the time orders.

    a column     changed, size, number, author, files           an index of (column, id)
    digest       equal content is in one model once             the unique index of (digest, model)
    stage        none, staging, production, archived            stage by stage along (stage, id)
    of a model   name, namespace                                model by model, then by number
    beside       metric, param, tag                             an index of (name, value, version)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from holotype.catalogue.search.asked import After
from holotype.catalogue.search.comparing import compare, found, unindexed
from holotype.catalogue.tables import metrics, models, namespaces, parameters, version_tags
from holotype.domain import lifecycle
from holotype.domain.query_tree import And, Anything, Node, Number, Prefix, Term
from holotype.domain.sorting import Sort

Condition = sa.ColumnElement[bool]
Column = sa.ColumnElement[Any]
COLUMNS = {
    "changed": "changed_at",
    "size": "size",
    "number": "number",
    "moment": "created_at",
    "author": "created_by",
    "digest": "digest",
    "files": "file_count",
}
RANKS = {stage: place for place, stage in enumerate(lifecycle.STAGES)}
_BESIDE = {"metric": metrics, "param": parameters, "tag": version_tags}
_WALKED = {field: table.alias("walked") for field, table in _BESIDE.items()}
_UPWARD, _DOWNWARD = {"<", "<="}, {">", ">="}


@dataclass(frozen=True, slots=True)
class Order:
    """An order of versions for one query."""

    sort: Sort
    field: str
    bounds: tuple[Term, ...] = ()
    stages: tuple[str, ...] = ()

    @property
    def ranks(self) -> dict[str, int]:
        """The order of stages: the usual ones, then those that only the policy of a namespace knows, by name."""
        return {stage: place for place, stage in enumerate((*RANKS, *self.stages))}

    @property
    def by_id(self) -> bool:
        """Whether the id alone is the key."""
        return self.field == "created"

    @property
    def beside(self) -> bool:
        """Whether the key is in a table beside ``versions``, which may have none for a version."""
        return self.field in _BESIDE

    @property
    def of_model(self) -> bool:
        """Whether the key is one of the model's, so that versions come model by model."""
        return self.field in {"name", "namespace"}

    @property
    def keyless_possible(self) -> bool:
        """Whether a version may have no key and yet match: not if the query asks for a value."""
        return self.beside and not self.bounds

    def keys(self, rows: sa.FromClause) -> list[Column]:
        """Return the keys of a row of versions, of which it has at most one; those with the first come first."""
        if self.field in COLUMNS:
            return [rows.c[COLUMNS[self.field]]]
        if self.by_id:
            return [rows.c.id]
        if self.field == "stage":
            return [sa.case(self.ranks, value=rows.c.stage)]
        if self.field == "name":
            return [_named(models, rows.c.model_id, rows)]
        if self.field == "namespace":
            return [_named(namespaces, rows.c.namespace_id, rows)]
        return [self._best(column, rows) for column in self.columns(self.table())]

    def ties(self, rows: sa.FromClause) -> list[Column]:
        """Return what orders the rows of versions that have the same key."""
        if self.of_model:
            first = rows.c.model_id if self.field == "name" else _named(models, rows.c.model_id, rows)
            return [first, rows.c.number]
        if self.field == "digest":
            return [rows.c.model_id]
        return [] if self.by_id else [rows.c.id]

    @property
    def tied_by_id(self) -> bool:
        """Whether the id alone tells versions with the same key apart, or is the key."""
        return not self.of_model and self.field != "digest"

    def table(self) -> sa.FromClause:
        """Return the table beside ``versions`` that holds the key."""
        return _WALKED[self.field]

    def columns(self, table: sa.FromClause) -> list[Column]:
        """Return the columns of the table beside that hold the key: of a parameter, numbers come before texts."""
        if self.field == "param":
            numbers = any(isinstance(term.value, Number) for term in self.bounds)
            both: list[Column] = [table.c.number] if numbers else [table.c.number, table.c.head]
            return both[::-1] if self.sort.descending else both
        return [table.c.value if self.field == "metric" else table.c.head]

    def beside_condition(self, table: sa.FromClause) -> Condition:
        """Return which rows beside ``versions`` hold the key."""
        if self.field == "tag":
            return table.c.key == self.sort.key
        where = table.c.name == self.sort.key
        if self.sort.dataset is not None:
            where &= (table.c.dataset != sa.literal_column("''")) & (table.c.dataset == self.sort.dataset)
        return where if self.sort.slice is None else where & (table.c.slice == self.sort.slice)

    def keyless(self, rows: sa.FromClause) -> Condition:
        """Return whether a row of versions has no key."""
        table = self.table()
        chosen: sa.Select[Any] = sa.select(sa.literal_column("1")).where(table.c.version_id == rows.c.id)
        return sa.not_(found(chosen.where(self.beside_condition(table)).correlate(rows)))

    def within(self, key: Column, now: int) -> Condition:
        """Return the bounds that the query sets to the key, open to an index."""
        return sa.and_(
            sa.true(), *(compare(key, term, now) for term in self.bounds if not isinstance(term.value, Anything))
        )

    def place(self, after: After | None) -> int:
        """Return by which of its keys a cursor stands; behind the last of them for one without a key."""
        if after is None:
            return 0
        many = len(self.columns(self.table())) if self.beside else 1
        if after.key is None:
            return many
        return int(many == 2 and isinstance(after.key, str) != self.sort.descending)

    def behind(self, after: After | None, key: Column, ties: list[Column]) -> Condition:
        """Return whether a row with a key comes behind a cursor with one, open to an index."""
        if after is None or after.key is None:
            return sa.true()
        if self.by_id:
            return self._beyond([key], (after.id,))
        return self._beyond([key, *ties], (after.key, *(after.ties or (after.id,))))

    def behind_keyless(self, after: After | None, row_id: Column) -> Condition:
        """Return whether a row without a key comes behind a cursor."""
        return sa.true() if after is None or after.key is not None else self._beyond([row_id], (after.id,))

    def behind_any(self, after: After | None, keys: list[Column], ties: list[Column]) -> Condition:
        """Return whether a row that may have any of the keys, or none, comes behind a cursor."""
        if after is None:
            return sa.true()
        place = self.place(after)
        none = sa.and_(*(key.is_(None) for key in keys))
        if place == len(keys):
            return none & self.behind_keyless(after, ties[0])
        later = [key.is_not(None) for key in keys[place + 1 :]]
        return sa.or_(self.behind(after, keys[place], ties), *later, *([none] if self.beside else []))

    def by(self, *columns: Column) -> list[Column]:
        """Return the columns in the direction of the order."""
        return [column.desc() if self.sort.descending else column.asc() for column in columns]

    def _beyond(self, columns: list[Column], values: tuple[Any, ...]) -> Condition:
        there = [sa.literal(value, column.type) for column, value in zip(columns, values, strict=True)]
        if len(columns) == 1:
            return columns[0] < there[0] if self.sort.descending else columns[0] > there[0]
        here, end = sa.tuple_(*columns), sa.tuple_(*there)
        return here < end if self.sort.descending else here > end

    def _best(self, column: Column, rows: sa.FromClause) -> Column:
        value = unindexed(column)  # SQLite would look for the greatest of all, and then whose it is
        best = sa.func.max(value) if self.sort.descending else sa.func.min(value)
        table: Any = column.table
        chosen: sa.Select[Any] = sa.select(best).where(table.c.version_id == rows.c.id, self.beside_condition(table))
        return chosen.correlate(rows).scalar_subquery()


def order_of(sort: Sort, query: Node) -> Order:
    """Return the order for a query: what the query says about the key bounds the walk along it."""
    terms = query.children if isinstance(query, And) else (query,)
    same = [term for term in terms if isinstance(term, Term) and _about(term, sort)]
    if sort.field == "created":
        return Order(sort, "moment", tuple(same)) if same else Order(sort, "created")
    if sort.field in {"metric", "param"}:
        return Order(sort, sort.field, tuple(term for term in same if _bounds_best(term, sort)))
    return Order(sort, sort.field, tuple(same) if sort.field in {"changed", "size", "number", "files", "stage"} else ())


def _named(table: sa.Table, row_id: Column, rows: sa.FromClause) -> Column:
    named: sa.Select[Any] = sa.select(table.c.name).where(table.c.id == row_id)
    return named.correlate(rows).scalar_subquery()


def _about(term: Term, sort: Sort) -> bool:
    return (term.field, term.key, term.dataset, term.slice) == (sort.field, sort.key, sort.dataset, sort.slice)


def _bounds_best(term: Term, sort: Sort) -> bool:
    """Say whether a term on any value of a metric is one on the best value, by which it is ordered."""
    if isinstance(term.value, str | Prefix):
        return False
    if sort.slice is not None or sort.field == "param":
        return term.operator != "!="
    return isinstance(term.value, Anything) or term.operator in (_DOWNWARD if sort.descending else _UPWARD)
