"""Which versions of a namespace match the filter of another protocol's client?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from holotype.catalogue import intakes, sources
from holotype.catalogue.search.filtered import Hit, find_versions
from holotype.catalogue.search.written import INTAKE, VERSION
from holotype.catalogue.sources import Sourced
from holotype.db import Tx
from holotype.domain.entities import Intake
from holotype.domain.filters import Clause, Order
from holotype.errors import Invalid
from holotype.operations.call import Call
from holotype.operations.filtering import Asked, filtered
from holotype.operations.searching import Found

LARGEST_PAGE = 10_000
DEFAULT = (Order("last_updated_timestamp", descending=True), Order("name"), Order("version_number", descending=True))


@dataclass(frozen=True, slots=True)
class FoundVersion:
    """A version, or the intake that has its number, and what clients of another protocol call its model."""

    found: Sourced | Intake
    title: str


def filter_versions(
    call: Call,
    namespace: str,
    clauses: tuple[Clause, ...] = (),
    orders: tuple[Order, ...] = (),
    *,
    limit: int = 100,
    cursor: str | None = None,
) -> Found[FoundVersion]:
    """Return a page of the versions that match and that the caller may see, also of those that are still to come."""
    if not 1 <= limit <= LARGEST_PAGE:
        raise Invalid(f"A page has 1 to {LARGEST_PAGE:,} versions, not {limit}.")
    known = {order.key for order in orders}
    total = (*orders, *(order for order in DEFAULT[1:] if order.key not in known)) if orders else DEFAULT
    return filtered(call, "versions", Asked(namespace, clauses, total, limit, cursor), find_versions, _fetch)


def _fetch(tx: Tx, hits: Sequence[Hit]) -> list[tuple[FoundVersion, int]]:
    registered = sources.by_ids(tx, [hit.id for hit in hits if hit.kind == VERSION])
    coming = intakes.by_ids(tx, [hit.id for hit in hits if hit.kind == INTAKE])
    rows: dict[tuple[int, int], tuple[Sourced | Intake, int]] = {
        **{(VERSION, one.version.id): (one, _letters(one.version.description, one.version.tags)) for one in registered},
        **{(INTAKE, one.id): (one, _letters(one.description, one.tags)) for one in coming},
    }
    found = [(rows[hit.kind, hit.id], hit.title) for hit in hits]  # all of one snapshot
    return [(FoundVersion(row, title), letters) for (row, letters), title in found]


def _letters(description: str, tags: Mapping[str, str]) -> int:
    return len(description) + sum(map(len, tags.values()))
