"""How many versions match a query, and which come first? Counted up to a bound, whatever the number behind it."""

from __future__ import annotations

from dataclasses import dataclass

from holotype.access import rules
from holotype.catalogue import versions
from holotype.catalogue.search.asked import Search
from holotype.catalogue.search.versions import tally_versions as tally
from holotype.db.deadline import deadline
from holotype.domain import query, sorting, times
from holotype.domain.entities import Version
from holotype.domain.permissions import Permission
from holotype.errors import Invalid
from holotype.operations import sight
from holotype.operations.call import Call
from holotype.operations.searching import SECONDS

MOST = 1_000


@dataclass(frozen=True, slots=True)
class Tally:
    """A count, whether there are more than that, and the first of them."""

    count: int
    more: bool
    items: tuple[Version, ...] = ()


def tally_versions(call: Call, asked: str = "", *, sort: str | None = None, limit: int = 0, most: int = MOST) -> Tally:
    """Count up to ``most`` versions that match a query and that the caller may see, and return the first ``limit``."""
    rules.require_somewhere(call.actor, Permission.MODEL_READ)
    if not 0 <= limit <= most <= MOST:
        raise Invalid(f"Up to {MOST:,} versions are counted, not {max(most, limit):,}.", hint="Leave the bound out.")
    tree, order = query.parse(asked), sorting.parse(sort, "versions")
    with call.registry.database.snapshot() as tx, deadline(tx, SECONDS, what="The count", hint="Narrow the query."):
        visible = sight.visible(tx, call.actor)
        first, count = tally(tx, Search(tree, order, times.to_micros(call.now), most + 1, visible), limit)
        items = versions.by_ids(tx, [row.id for row in first]) if first else []
    return Tally(min(count, most), count > most, tuple(items))
