"""Which grants are there, as far as the caller may know?

Who may read access on the registry sees all; who may on some namespaces sees those in them; everybody sees their own,
with those of their teams. Who may read access on a model is told of all grants that cover it, wherever they were given.
"""

from __future__ import annotations

from holotype.access import grants, rules
from holotype.access.grants import Wanted
from holotype.db import Tx
from holotype.domain import names
from holotype.domain.entities import Grant
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.operations import granting
from holotype.operations.call import Call


def list_grants(
    call: Call, *, who: str | None = None, namespace: str | None = None, after: int = 0, limit: int = 50
) -> list[Grant]:
    """Return up to ``limit`` grants with ids above ``after``; of one user, service or team, or in one namespace."""
    rules.require_somewhere(call.actor, Permission.TOKEN_WRITE)
    if namespace is not None:
        names.component(namespace, "namespace")
        rules.require(call.actor, Permission.ACCESS_READ, namespace=namespace)
    with call.read() as tx:
        wanted = _wanted(tx, call, who, namespace)
        return [] if wanted is None else grants.page(tx, wanted, after=after, limit=limit)


def list_covering(call: Call, model: Reference, *, after: int = 0, limit: int = 50) -> list[Grant]:
    """Return up to ``limit`` grants with ids above ``after`` that cover a model."""
    where = {"namespace": model.namespace, "model": model.model}
    rules.require(call.actor, Permission.ACCESS_READ, **where)
    with call.read() as tx:
        return grants.covering(tx, **where, after=after, limit=limit)


def _wanted(tx: Tx, call: Call, who: str | None, namespace: str | None) -> Wanted | None:
    places = rules.scopes(call.actor, Permission.ACCESS_READ)
    spaces = None if places is None else {space for space, model in places if model is None}
    if namespace is not None:
        spaces = {namespace}
    own = Wanted(principal_id=call.actor.principal_id)
    if who is None:
        return own if spaces is not None and not spaces else Wanted(namespaces=spaces)
    if who in {call.actor.name, f"user:{call.actor.name}", f"service:{call.actor.name}"}:
        return Wanted(call.actor.principal_id, None, {namespace} if namespace else None)
    if spaces is not None and not spaces:
        rules.require(call.actor, Permission.ACCESS_READ)
    named = granting.who(tx, who)
    return Wanted(named.principal_id, named.team_id, spaces)
