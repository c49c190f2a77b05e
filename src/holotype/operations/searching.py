"""What do all searches share? The query and order are read, what the caller may see is narrowed, a page is cut.

1. The caller may read something; only that is searched.
2. The query, the order and the cursor are read.
3. One snapshot, within a time limit: count, choose the way, find ids behind the cursor, fetch what they name.
4. A row more than wanted was asked for: it says whether there is a next page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from holotype.access import rules
from holotype.catalogue.search.asked import After, Search, Visible
from holotype.db import Tx
from holotype.db.deadline import deadline
from holotype.domain import cursors, query, sorting, times
from holotype.domain.permissions import Permission
from holotype.domain.sorting import Noun
from holotype.errors import Invalid
from holotype.operations import sight
from holotype.operations.call import Call

T = TypeVar("T")
LARGEST_PAGE = 500
SECONDS = 5.0
_HINT = "Narrow the query, for example by name, stage or created."


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A page of what was found and the cursor of the next one, if there is one."""

    items: list[T]
    next: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for, as it is searched for: with a row more than the page has."""

    search: Search
    limit: int
    binding: str
    """What a cursor of this search holds for."""

    def next(self, rows: Sequence[After]) -> str | None:
        """Return the cursor of the next page, if what was found goes beyond this one."""
        if len(rows) <= self.limit:
            return None
        last = rows[self.limit - 1]
        return cursors.write(self.binding, last.key, last.id)


def search(
    call: Call,
    noun: Noun,
    asked: tuple[str, str | None, int, str | None],
    find: Callable[[Tx, Search], list[After]],
    fetch: Callable[[Tx, Sequence[int]], list[T]],
) -> Found[T]:
    """Return one page; ``asked`` is the query, the order, the size of the page and the cursor, as they were given."""
    wanted = read(call, noun, asked)
    with looking(call) as (tx, visible):
        rows = find(tx, replace(wanted.search, visible=visible))
        items = fetch(tx, [row.id for row in rows[: wanted.limit]])
    return Found(items, wanted.next(rows))  # 4


def read(call: Call, noun: Noun, asked: tuple[str, str | None, int, str | None]) -> Wanted:
    """Read a query, an order, the size of a page and a cursor of somebody who may search."""
    text, sort, limit, cursor = asked
    rules.require_somewhere(call.actor, Permission.MODEL_READ)  # 1
    if not 1 <= limit <= LARGEST_PAGE:
        raise Invalid(f"A page has 1 to {LARGEST_PAGE} items, not {limit}.", hint="Follow `next` for more.")
    tree, order = query.parse(text), sorting.parse(sort, noun)  # 2
    binding = f"{noun}\n{query.write(tree)}\n{order}"
    wanted = Search(tree, order, times.to_micros(call.now), limit + 1)
    if cursor:
        key, row_id = cursors.read(cursor, binding)
        if not order.takes(key):
            raise Invalid("The cursor does not fit the sort.", hint="Begin again with the first page.")
        wanted = replace(wanted, after=After(key, row_id))
    return Wanted(wanted, limit, binding)


@contextmanager
def looking(call: Call) -> Iterator[tuple[Tx, Visible | None]]:
    """Give a snapshot on which to search within the time limit, and what the caller may see of it."""
    with call.registry.database.snapshot() as tx, deadline(tx, SECONDS, what="The search", hint=_HINT):  # 3
        yield tx, sight.visible(tx, call.actor)
