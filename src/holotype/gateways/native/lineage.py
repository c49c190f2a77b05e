"""The routes about lineage."""

from __future__ import annotations

from holotype.domain.lineage import DEPTH, NODES
from holotype.domain.permissions import Permission
from holotype.errors import Invalid
from holotype.gateways.base import Request, call_of, get
from holotype.gateways.native.addresses import VERSION, version_at
from holotype.gateways.perform import perform
from holotype.operations import lineage as operations
from holotype.wire import lineage as shapes


@get(VERSION + "/lineage", permission=Permission.MODEL_READ)
async def lineage(
    request: Request, namespace: str, model: str, label: str, depth: int = DEPTH, limit: int = NODES
) -> shapes.Lineage:
    """Show what a version was made from, and what was made from it."""
    where = version_at(namespace, model, label)
    return shapes.from_domain(await perform(operations.lineage, call_of(request), where, depth=depth, limit=limit))


@get("/api/v1/lineage", permission=Permission.MODEL_READ)
async def lineage_below(
    request: Request, *, data: str | None = None, parent: str | None = None, depth: int = DEPTH, limit: int = NODES
) -> shapes.Lineage:
    """Show what was made from a data set, or from a parent that is elsewhere, by the name that was recorded."""
    if (data is None) == (parent is None):
        raise Invalid("Say one of data and parent.", hint="`data` is the address of a data set.")
    walk = operations.lineage_of_parent if data is None else operations.lineage_of_data
    found = await perform(walk, call_of(request), data or parent or "", depth=depth, limit=limit)
    return shapes.from_domain(found)


routes = [lineage, lineage_below]
