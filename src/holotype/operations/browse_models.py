"""Which models match a query, and by what can they be narrowed? A page of them, and what the first of all have.

One search finds both where the page is the first: it goes on to as many as are counted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from holotype.catalogue import models
from holotype.catalogue.search.models import find_models
from holotype.domain.entities import Model
from holotype.domain.traits import Traits
from holotype.operations.call import Call
from holotype.operations.searching import Found, looking, read

COUNTED = 200
"""So many models are counted, however many match."""


@dataclass(frozen=True, slots=True)
class Browsed:
    """A page, what the first that match have, in the order of the page, and whether there are more than these."""

    found: Found[Model]
    counted: list[Traits]
    more: bool


def browse_models(
    call: Call, query: str = "", *, sort: str | None = None, limit: int = 50, cursor: str | None = None
) -> Browsed:
    """Return a page of the models that match and that the caller may see, by name unless sorted."""
    page = read(call, "models", (query, sort, limit, cursor))
    further = replace(page.search, after=None, limit=max(limit, COUNTED) + 1)
    with looking(call) as (tx, visible):
        first = find_models(tx, replace(further, visible=visible))
        rows = find_models(tx, replace(page.search, visible=visible)) if cursor else first
        items = models.by_ids(tx, [row.id for row in rows[:limit]])
        counted = models.traits(tx, [row.id for row in first[:COUNTED]])
    return Browsed(Found(items, page.next(rows)), counted, len(first) > COUNTED)
