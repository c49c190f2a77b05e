"""The routes about lineage."""

from __future__ import annotations

from holotype.domain.lineage import DEPTH, NODES
from holotype.domain.permissions import Permission
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
async def lineage_of_data(request: Request, data: str, depth: int = DEPTH, limit: int = NODES) -> shapes.Lineage:
    """Show what was made from a data set."""
    found = await perform(operations.lineage_of_data, call_of(request), data, depth=depth, limit=limit)
    return shapes.from_domain(found)


routes = [lineage, lineage_of_data]
