"""Who is calling, and may they call this route at all? Asked before a route's function runs, whatever the route.

A route without a permission is refused to everybody, so nothing becomes public because somebody forgot it. The verb
asks again, about the very thing; its refusal is written to the ledger as well.
"""

from __future__ import annotations

import logging
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from holotype.access import rules
from holotype.domain.entities import Actor
from holotype.domain.permissions import Permission
from holotype.errors import Denied, HolotypeError, NotFound, Unauthenticated
from holotype.gateways import exchange
from holotype.gateways.credentials import actor_of
from holotype.gateways.exchange import Exchange
from holotype.gateways.perform import perform
from holotype.operations.call import Call
from holotype.operations.record_denial import record_denial

if TYPE_CHECKING:
    from collections.abc import Mapping


class Public(Enum):
    """What a route declares that everybody may call."""

    PUBLIC = "public"


PUBLIC: Final = Public.PUBLIC

_log = logging.getLogger("holotype")


async def enforce(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Raise unless the caller is known and has the route's permission, on the thing that the path names."""
    permission = handler.opt.get("permission")
    if permission is PUBLIC:
        return
    known = exchange.of(connection.scope)
    caller = handler.opt.get("caller")
    known.actor = await (caller(connection) if caller else actor_of(connection, basic="endpoint" in handler.opt))
    try:
        if permission is None:
            raise Denied("Nobody may call this.") if known.actor.principal_id is not None else Unauthenticated()
        _check(known.actor, permission, _named(connection, handler))
    except (Denied, NotFound) as error:
        await record(known, error)
        raise


async def record(known: Exchange, error: Denied | NotFound) -> None:
    """Write a refusal to the ledger, if it is one. The caller is refused all the same where that fails."""
    if known.actor.principal_id is None or not error.permission:
        return
    call = Call(known.registry, known.actor, known.request_id)
    try:
        await perform(record_denial, call, error.permission, error.subject)
    except HolotypeError:
        _log.exception("a refusal could not be written to the ledger", extra={"request_id": known.request_id})


def _named(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> Mapping[str, Any]:
    """Return what a request names: in its path, or wherever else the route's protocol has it."""
    path: Mapping[str, Any] = connection.scope["path_params"]
    namespace = handler.opt.get("namespace")
    return path if namespace is None else {**path, "namespace": namespace(connection)}


def _check(actor: Actor, permission: Permission, path: Mapping[str, Any]) -> None:
    """Ask as much as the path tells; towards which stage, and on what else, only the verb can tell."""
    namespace, model = path.get("namespace"), path.get("model")
    if namespace is None:
        rules.require_somewhere(actor, permission)
    elif model is None:
        rules.require_within(actor, permission, namespace)
    else:
        rules.require(actor, permission, namespace=namespace, model=model, stage=rules.ANY_STAGE)
