"""What do the two filtered searches share? The caller may read in the namespace, the place is read, a page is cut.

1. The caller may read something in the namespace; only that is searched.
2. The order is made total, so that no two rows have the same place in it; the cursor is a place of this very list.
3. One snapshot: find rows behind the place, one more than wanted, within a time limit, and fetch what they name.
4. A page ends where its texts take too much memory: what comes next is the next page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

from holotype.access import rules
from holotype.catalogue import namespaces
from holotype.catalogue.search.filtered import Filter, Hit
from holotype.db import Tx
from holotype.db.deadline import deadline
from holotype.domain import cursors
from holotype.domain.filters import Clause, Order
from holotype.domain.permissions import Permission
from holotype.errors import Invalid, Unavailable
from holotype.operations import sight
from holotype.operations.call import Call
from holotype.operations.searching import SECONDS, Found

T = TypeVar("T")
_AT_ONCE = 500
_LETTERS = 32 * 1024 * 1024
_HINT = "Narrow the filter, for example to one name."
_KINDS: dict[str, type[str | int]] = {"name": str}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asked for: where, which, in which order, how many, behind which cursor."""

    namespace: str
    clauses: tuple[Clause, ...]
    orders: tuple[Order, ...]
    limit: int
    cursor: str | None


def filtered(
    call: Call,
    noun: str,
    asked: Asked,
    find: Callable[[Tx, Filter], list[Hit]],
    fetch: Callable[[Tx, Sequence[Hit]], list[tuple[T, int]]],
) -> Found[T]:
    """Return a page; ``fetch`` gives what hits name, each with the number of letters in its texts."""
    rules.require_within(call.actor, Permission.MODEL_READ, asked.namespace)  # 1
    binding = f"{noun}\n{asked.namespace}\n{asked.clauses!r}\n{asked.orders!r}"  # 2
    kinds = [_KINDS.get(order.key, int) for order in asked.orders]
    after = cursors.read_all(asked.cursor, binding, kinds) if asked.cursor else None
    with call.registry.database.snapshot() as tx:  # 3
        wanted = Filter(namespaces.get(tx, asked.namespace).id, asked.clauses, asked.orders, asked.limit + 1)
        wanted = replace(wanted, visible=sight.visible(tx, call.actor), after=after)
        with in_time(tx):
            hits = find(tx, wanted)
        items = list(_fetched(tx, hits[: asked.limit], fetch))
    last = hits[len(items) - 1] if len(items) < len(hits) else None
    return Found(items, cursors.write_all(binding, last.place) if last else None)


@contextmanager
def in_time(tx: Tx) -> Iterator[None]:
    """Stop what takes too long and say that the filter is at fault: clients would ask an unavailable server again."""
    try:
        with deadline(tx, SECONDS, what="The search", hint=_HINT):
            yield
    except Unavailable as error:
        raise Invalid(error.detail, hint=_HINT) from error


def _fetched(tx: Tx, hits: Sequence[Hit], fetch: Callable[[Tx, Sequence[Hit]], list[tuple[T, int]]]) -> Iterator[T]:
    letters = 0
    for start in range(0, len(hits), _AT_ONCE):
        for item, length in fetch(tx, hits[start : start + _AT_ONCE]):
            if letters > _LETTERS:  # 4
                return
            letters += length
            yield item
