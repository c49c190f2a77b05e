"""The routes that list and search. The language is documented in docs/reference/query.md."""

from __future__ import annotations

from holotype.domain.permissions import Permission
from holotype.gateways.base import Request, call_of, get
from holotype.gateways.native.addresses import PAGE
from holotype.gateways.perform import perform
from holotype.operations.search_models import search_models
from holotype.operations.search_versions import search_versions
from holotype.operations.tally_versions import tally_versions
from holotype.wire import present, shapes


@get("/api/v1/models", permission=Permission.MODEL_READ)
async def found_models(
    request: Request, query: str = "", sort: str = "", limit: int = PAGE, cursor: str = ""
) -> shapes.Page[shapes.Model]:
    """List the models that match a query, by name unless sorted."""
    found = await perform(search_models, call_of(request), query, sort=sort, limit=limit, cursor=cursor)
    return shapes.Page([present.model(one) for one in found.items], found.next)


@get("/api/v1/versions", permission=Permission.MODEL_READ)
async def found_versions(
    request: Request, query: str = "", sort: str = "", limit: int = PAGE, cursor: str = ""
) -> shapes.Page[shapes.Version]:
    """List the versions that match a query, the newest first unless sorted."""
    found = await perform(search_versions, call_of(request), query, sort=sort, limit=limit, cursor=cursor)
    return shapes.Page([present.version(one) for one in found.items], found.next)


@get("/api/v1/versions/count", permission=Permission.MODEL_READ)
async def counted_versions(request: Request, query: str = "") -> shapes.Count:
    """Count the versions that match a query, up to a thousand."""
    found = await perform(tally_versions, call_of(request), query)
    return shapes.Count(found.count, found.more)


routes = [found_models, found_versions, counted_versions]
