"""Which models of a namespace match the filter of another protocol's client?"""

from __future__ import annotations

from collections.abc import Sequence

from holotype.catalogue import overviews
from holotype.catalogue.overviews import Overview
from holotype.catalogue.search.filtered import Hit, find_models
from holotype.db import Tx
from holotype.domain.filters import Clause, Order
from holotype.errors import Invalid
from holotype.operations.call import Call
from holotype.operations.filtering import Asked, filtered
from holotype.operations.searching import Found

LARGEST_PAGE = 1_000
_NAME = Order("name")


def filter_models(
    call: Call,
    namespace: str,
    clauses: tuple[Clause, ...] = (),
    orders: tuple[Order, ...] = (),
    *,
    limit: int = 100,
    cursor: str | None = None,
) -> Found[Overview]:
    """Return a page of the models that match and that the caller may see."""
    if not 1 <= limit <= LARGEST_PAGE:
        raise Invalid(f"A page has 1 to {LARGEST_PAGE:,} models, not {limit}.")
    total = orders if any(order.key == "name" for order in orders) else (*orders, _NAME)
    return filtered(call, "models", Asked(namespace, clauses, total, limit, cursor), find_models, _fetch)


def _fetch(tx: Tx, hits: Sequence[Hit]) -> list[tuple[Overview, int]]:
    return [(found, _letters(found)) for found in overviews.by_ids(tx, [hit.id for hit in hits])]


def _letters(found: Overview) -> int:
    texts = [found.model.description, *found.model.tags.values()]
    for one in found.newest:
        texts += [one.version.description, *one.version.tags.values()]
    return sum(map(len, texts))
