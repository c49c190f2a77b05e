"""The routes about aliases."""

from __future__ import annotations

from holotype.domain.permissions import Permission
from holotype.gateways.base import Request, call_of, delete, get, put
from holotype.gateways.native.addresses import MODEL, PAGE, checked, model_at, page, version_at
from holotype.gateways.perform import perform, perform_quick
from holotype.operations.list_aliases import list_aliases
from holotype.operations.remove_alias import remove_alias
from holotype.operations.set_alias import set_alias
from holotype.wire import present, shapes

ALIAS = MODEL + "/aliases/{alias:str}"


@get(MODEL + "/aliases", permission=Permission.MODEL_READ)
async def aliases(
    request: Request, namespace: str, model: str, cursor: str = "", limit: int = PAGE
) -> shapes.Page[shapes.Alias]:
    """List the aliases of a model, by name."""
    where = model_at(namespace, model)
    found = await perform_quick(list_aliases, call_of(request), where, after=cursor, limit=checked(limit) + 1)
    return page(found, limit, lambda one: present.alias(one, where.model_reference), lambda one: one.name)


@put(ALIAS, permission=Permission.ALIAS_WRITE)
async def moved_alias(
    request: Request, namespace: str, model: str, alias: str, body: shapes.NewAlias
) -> shapes.Version:
    """Let an alias name a version, whatever it named before."""
    where = version_at(namespace, model, body.version)
    return present.version(await perform(set_alias, call_of(request), where, alias))


@delete(ALIAS, permission=Permission.ALIAS_WRITE)
async def removed_alias(request: Request, namespace: str, model: str, alias: str) -> None:
    """Remove an alias."""
    await perform(remove_alias, call_of(request), model_at(namespace, model), alias)


routes = [aliases, moved_alias, removed_alias]
