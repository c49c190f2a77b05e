"""What is the key of an order, which index walks along it, and what comes behind a cursor?

The last part of every key is the id, so that an order is total; what has no value comes last, by id alone.
``created`` orders by id: ids are given in the order in which versions are registered. Only where a query bounds the
time itself, the time orders.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from holotype.catalogue.search.comparing import compare, found
from holotype.catalogue.tables import metrics, models, parameters
from holotype.domain.query_tree import And, Anything, Node, Term
from holotype.domain.sorting import Sort

Condition = sa.ColumnElement[bool]
COLUMNS = {"changed": "changed_at", "size": "size", "stage": "stage", "number": "number", "moment": "created_at"}
_UPWARD, _DOWNWARD = {"<", "<="}, {">", ">="}


@dataclass(frozen=True, slots=True)
class After:
    """The last row of the page before: its key (nothing where it had none) and its id."""

    key: float | int | str | None
    id: int


@dataclass(frozen=True, slots=True)
class Order:
    """An order of versions for one query."""

    sort: Sort
    field: str
    bounds: tuple[Term, ...] = ()

    @property
    def by_id(self) -> bool:
        """Whether the id alone is the key."""
        return self.field == "created"

    @property
    def keyless_possible(self) -> bool:
        """Whether a version may have no key and yet match: not if the query asks for a value."""
        return self.field in {"metric", "param"} and not self.bounds

    def key(self, rows: sa.FromClause) -> sa.ColumnElement[Any]:
        """Return the key of a row of versions."""
        if self.field in COLUMNS:
            return rows.c[COLUMNS[self.field]]
        if self.by_id:
            return rows.c.id
        if self.field == "name":
            return sa.select(models.c.name).where(models.c.id == rows.c.model_id).correlate(rows).scalar_subquery()
        table, value = self.beside()
        best = sa.func.max(value) if self.sort.descending else sa.func.min(value)
        chosen: sa.Select[Any] = sa.select(best).where(table.c.version_id == rows.c.id, self.beside_condition(table))
        return chosen.correlate(rows).scalar_subquery()

    def keyless(self, rows: sa.FromClause) -> Condition:
        """Return whether a row of versions has no key."""
        table, value = self.beside()
        chosen: sa.Select[Any] = sa.select(sa.literal_column("1")).where(
            table.c.version_id == rows.c.id, value.is_not(None)
        )
        return sa.not_(found(chosen.where(self.beside_condition(table)).correlate(rows)))

    def beside(self) -> tuple[sa.FromClause, sa.ColumnElement[Any]]:
        """Return the table and column beside ``versions`` that hold the key."""
        if self.field == "metric":
            rows = metrics.alias("walked")
            return rows, rows.c.value
        rows = parameters.alias("walked")
        return rows, rows.c.number

    def beside_condition(self, table: sa.FromClause) -> Condition:
        """Return which rows beside ``versions`` hold the key."""
        where = table.c.name == self.sort.key
        if self.sort.dataset is not None:
            where &= (table.c.dataset != sa.literal_column("''")) & (table.c.dataset == self.sort.dataset)
        return where if self.sort.slice is None else where & (table.c.slice == self.sort.slice)

    def within(self, key: sa.ColumnElement[Any], now: int) -> Condition:
        """Return the bounds that the query sets to the key, open to an index."""
        return sa.and_(
            sa.true(), *(compare(key, term, now) for term in self.bounds if not isinstance(term.value, Anything))
        )

    def behind(self, after: After | None, key: sa.ColumnElement[Any], row_id: sa.ColumnElement[Any]) -> Condition:
        """Return whether a row with a key comes behind a cursor, open to an index."""
        if after is None or after.key is None:
            return sa.true()
        if self.by_id:
            return row_id < after.id if self.sort.descending else row_id > after.id
        here = sa.tuple_(key, row_id)
        there = sa.tuple_(sa.literal(after.key, key.type), sa.literal(after.id, sa.BigInteger))
        return here < there if self.sort.descending else here > there

    def behind_keyless(self, after: After | None, row_id: sa.ColumnElement[Any]) -> Condition:
        """Return whether a row without a key comes behind a cursor."""
        if after is None or after.key is not None:
            return sa.true()
        return row_id < after.id if self.sort.descending else row_id > after.id

    def by(self, *columns: sa.ColumnElement[Any]) -> list[sa.ColumnElement[Any]]:
        """Return the columns in the direction of the order."""
        return [column.desc() if self.sort.descending else column.asc() for column in columns]


def order_of(sort: Sort, query: Node) -> Order:
    """Return the order for a query: what the query says about the key bounds the walk along it."""
    terms = query.children if isinstance(query, And) else (query,)
    same = [term for term in terms if isinstance(term, Term) and _about(term, sort)]
    if sort.field == "created":
        return Order(sort, "moment", tuple(same)) if same else Order(sort, "created")
    if sort.field not in {"metric", "param"}:
        return Order(sort, sort.field, tuple(same) if sort.field in {"changed", "size", "stage", "number"} else ())
    helpful = [term for term in same if _bounds_best(term, sort)]
    return Order(sort, sort.field, tuple(helpful))


def _about(term: Term, sort: Sort) -> bool:
    return (term.field, term.key, term.dataset, term.slice) == (sort.field, sort.key, sort.dataset, sort.slice)


def _bounds_best(term: Term, sort: Sort) -> bool:
    """Say whether a term on any value of a metric is one on the best value, by which it is ordered."""
    if isinstance(term.value, str):
        return False
    if sort.slice is not None or sort.field == "param":
        return term.operator != "!="
    return isinstance(term.value, Anything) or term.operator in (_DOWNWARD if sort.descending else _UPWARD)
