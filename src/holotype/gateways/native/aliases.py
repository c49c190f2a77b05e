"""The routes about aliases."""

from __future__ import annotations

from typing import Any

from holotype.domain.entities import Version
from holotype.domain.permissions import Permission
from holotype.errors import Conflict
from holotype.gateways.base import Reply, Request, call_of, delete, get, put
from holotype.gateways.native.addresses import MODEL, PAGE, checked, model_at, page, version_at
from holotype.gateways.perform import perform, perform_quick
from holotype.governance.promotions import PENDING
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


@put(ALIAS, permission=Permission.ALIAS_WRITE, also={202: "People have to approve it: the promotion that waits."})
async def moved_alias(
    request: Request, namespace: str, model: str, alias: str, body: shapes.NewAlias
) -> Reply[shapes.Version]:
    """Let an alias name a version, whatever it named before.

    An alias that the policy protects moves by promotion: what a gate refuses is a conflict, and the promotion is kept.
    """
    where = version_at(namespace, model, body.version)
    done = await perform(set_alias, call_of(request), where, alias, reason=body.reason)
    if isinstance(done, Version):
        return Reply(present.version(done))
    if done.status == PENDING:
        waits: Any = present.promotion(done)
        return Reply(waits, 202)
    why = "; ".join(f"{one.gate}: {one.reason}" for one in done.verdicts if not one.passed)
    raise Conflict(
        f"The alias {alias} was not moved. {why}", hint=f"See promotion {done.id}: `holotype promotion show {done.id}`."
    )


@delete(ALIAS, permission=Permission.ALIAS_WRITE)
async def removed_alias(request: Request, namespace: str, model: str, alias: str) -> None:
    """Remove an alias."""
    await perform(remove_alias, call_of(request), model_at(namespace, model), alias)


routes = [aliases, moved_alias, removed_alias]
