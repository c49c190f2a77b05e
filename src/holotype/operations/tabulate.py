"""What does a table of a model's versions show? Each version with chosen metrics and parameters, formats and evidence.

1. The caller may read the model, and it is there.
2. Columns that nobody chose are the first few metrics of the newest versions.
3. The versions are those of the model that match a query, in any order that versions have.
4. What is shown beside them is read for all of them at once, a statement a kind of thing: a page costs the same
   whether the model has ten versions or ten thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from holotype.access import rules
from holotype.catalogue import measures, models
from holotype.catalogue.search.versions import find_versions
from holotype.catalogue.versions import by_ids
from holotype.db import Tx
from holotype.domain import attested, inspected, marks, query
from holotype.domain import columns as chosen
from holotype.domain.columns import Column
from holotype.domain.entities import Version
from holotype.domain.permissions import Permission
from holotype.domain.query_tree import And, Term
from holotype.domain.references import Reference
from holotype.governance import marks as evidence
from holotype.operations.call import Call
from holotype.operations.searching import search

NEWEST = "-number"
Value = float | int | str | None


@dataclass(frozen=True, slots=True)
class Row:
    """A version, its value in each column, formats of its weights or else its flavours, and marks of its evidence."""

    version: Version
    values: tuple[Value, ...]
    formats: tuple[str, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A page of rows under columns, what columns there could be, and the cursor of the next page."""

    columns: tuple[Column, ...]
    choice: tuple[Column, ...]
    rows: tuple[Row, ...]
    next: str | None

    def differing(self) -> Table:
        """Return the table without those columns in which all rows, where there are several, are equal."""
        if len(self.rows) < 2:
            return self
        kept = [i for i in range(len(self.columns)) if len({row.values[i] for row in self.rows}) > 1]
        rows = (Row(row.version, tuple(row.values[i] for i in kept), row.formats, row.marks) for row in self.rows)
        return Table(tuple(self.columns[i] for i in kept), self.choice, tuple(rows), self.next)


def tabulate(
    call: Call,
    model: Reference,
    text: str = "",
    *,
    columns: Sequence[Column] | None = None,
    sort: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Table:
    """Return a page of a model's versions that match a query, the newest first unless sorted."""
    rules.require(call.actor, Permission.MODEL_READ, namespace=model.namespace, model=model.model)  # 1
    with call.read() as tx:
        known = measures.known(tx, models.get(tx, model.namespace, model.model).id)
    shown = tuple(columns) if columns is not None else chosen.usual(known)  # 2
    choice = dict.fromkeys([*shown, *(column for each in known for column in each)])
    asked = (_within(model, text), sort or NEWEST, limit, cursor)
    found = search(call, "versions", asked, find_versions, by_ids)  # 3
    with call.read() as tx:
        rows = _rows(tx, found.items, shown)
    return Table(shown, tuple(sorted(choice, key=str)), rows, found.next)


def _within(model: Reference, text: str) -> str:
    """Return a query for what matches in one model; put together as a tree, so that no parenthesis leads out of it."""
    asked = query.parse(text)
    rest = asked.children if isinstance(asked, And) else (asked,)
    return query.write(And((Term("name", "=", model.model_reference), *rest)))


def _rows(tx: Tx, found: Sequence[Version], columns: Sequence[Column]) -> tuple[Row, ...]:
    ids = [version.id for version in found]  # 4
    values, formats = measures.values(tx, ids, columns), measures.formats(tx, ids)
    has, scans, flavours = (
        evidence.has(tx, ids),
        evidence.scans(tx, ids),
        _flavours(tx, [i for i in ids if not formats[i]]),
    )
    return tuple(
        Row(
            one,
            values[one.id],
            formats[one.id] or flavours.get(one.id, ()),
            _marks(marks.of_scans(scans[one.id]), has[one.id]),
        )
        for one in found
    )


def _flavours(tx: Tx, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Return as what MLflow loads the versions whose files came without a format, as its clients send them."""
    found = evidence.inspections(tx, ids) if ids else {}
    return {i: inspected.contents(attested.said(media, payload)).flavours for i, (_, media, payload) in found.items()}


def _marks(scan: str | None, has: tuple[str, ...]) -> tuple[str, ...]:
    return has if scan is None else (scan, *has)
