"""The routes about namespaces."""

from __future__ import annotations

from holotype.domain.permissions import Permission
from holotype.gateways.base import Request, call_of, get, post
from holotype.gateways.native.addresses import PAGE, checked, page
from holotype.gateways.perform import perform, perform_quick
from holotype.operations.create_namespace import create_namespace
from holotype.operations.list_namespaces import list_namespaces
from holotype.wire import present, shapes


@get("/api/v1/namespaces", permission=Permission.MODEL_READ)
async def namespaces(request: Request, cursor: str = "", limit: int = PAGE) -> shapes.Page[shapes.Namespace]:
    """List the namespaces that the caller may see, by name."""
    found = await perform_quick(list_namespaces, call_of(request), after=cursor, limit=checked(limit) + 1)
    return page(found, limit, present.namespace, lambda namespace: namespace.name)


@post("/api/v1/namespaces", permission=Permission.NAMESPACE_CREATE, status=201)
async def new_namespace(request: Request, body: shapes.NewNamespace) -> shapes.Namespace:
    """Create a namespace."""
    made = await perform(create_namespace, call_of(request), body.name, description=body.description)
    return present.namespace(made)


routes = [namespaces, new_namespace]
