"""How does a right end? At once, on every server: the epoch of everybody whom it reached is raised with it."""

from __future__ import annotations

from typing import Any

from holotype.access import grants, rules
from holotype.db import Tx
from holotype.domain import scopes
from holotype.domain.entities import Grant
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.errors import NotFound
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations import accounts, granting
from holotype.operations.call import Call


def revoke_grant(call: Call, grant_id: int) -> None:
    """Take a grant back; that of the last administrator of the registry stays."""
    rules.require_somewhere(call.actor, Permission.ACCESS_WRITE)
    with call.write() as tx:
        found, row = _found(tx, call, grant_id)
        granting.touch(tx, granting.Who(found.who, row.principal_id, row.team_id))
        grants.delete(tx, grant_id)
        if (found.role, found.scope) == ("admin", scopes.REGISTRY):
            accounts.check_administered(tx)
        data: dict[str, object] = {"who": found.who, "role": found.role, "scope": found.scope}
        data["stages"] = list(found.stages)
        at = {"namespace_id": row.namespace_id, "model_id": row.model_id}
        entry = Entry(Action.GRANT_REVOKED, f"grant:{grant_id}", data, **at)
        append.append(tx, actor=call.actor, now=call.now, entries=[entry])


def _found(tx: Tx, call: Call, grant_id: int) -> tuple[Grant, Any]:
    """Return a grant that the caller administers; one that they may not even see is not there."""
    known = grants.by_id(tx, grant_id)
    where = scopes.parse(known[0].scope) if known is not None else scopes.Scope()
    place = {"namespace": where.namespace, "model": where.model}
    if known is None or not rules.may(call.actor, Permission.ACCESS_READ, **place):
        raise NotFound(
            f"There is no grant {grant_id}.",
            hint="List them with `holotype grant ls`.",
            permission=Permission.ACCESS_WRITE.value if known else "",
            subject=f"grant:{grant_id}",
        )
    rules.require(call.actor, Permission.ACCESS_WRITE, **place)
    return known
