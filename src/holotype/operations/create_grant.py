"""How does somebody get a right? By a role on a part of the registry.

1. The caller administers that part, and has there everything that the role gives.
2. Whoever gets it, and what it is on, are there; the grant hangs on their ids.
3. A grant that says the very same is returned as it is.
4. The row, the epoch of everybody whom it reaches, and the entry of the ledger are written in one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence

from holotype.access import grants, rules
from holotype.domain import scopes, times
from holotype.domain.entities import Grant
from holotype.domain.events import Action
from holotype.domain.permissions import ROLES, Permission
from holotype.errors import Invalid, NotFound
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations import granting, once
from holotype.operations.call import Call


def create_grant(call: Call, who: str, role: str, scope: str, *, stages: Sequence[str] = ()) -> Grant:
    """Give a user, service account or team a role on a part of the registry, perhaps for moves to some stages only."""
    where = scopes.parse(scope)
    limited = _limits(role, stages)
    rules.require(call.actor, Permission.ACCESS_WRITE, namespace=where.namespace, model=where.model)  # 1
    granting.check_held(call.actor, role, where, limited)
    mark = once.fingerprint("create_grant", who, role, scope, list(limited))
    with call.write() as tx:
        done = once.recall(tx, call, mark)
        known = grants.by_id(tx, int(done)) if done is not None else None
        if known is not None:
            return known[0]
        receiver = granting.who(tx, who)  # 2
        namespace_id, model_id = granting.ids(tx, where)
        values: dict[str, object] = {
            "principal_id": receiver.principal_id,
            "team_id": receiver.team_id,
            "role": role,
            "scope": where.kind,
            "namespace_id": namespace_id,
            "model_id": model_id,
            "pattern": where.model if where.kind == "pattern" else None,
            "stages": ",".join(limited) or None,
        }
        grant_id = grants.same(tx, values)  # 3
        if grant_id is None:
            made = {"created_at": times.to_micros(call.now), "created_by": call.actor.name}
            grant_id = grants.insert(tx, values | made)  # 4
            granting.touch(tx, receiver)
            data: dict[str, object] = {"who": receiver.text, "role": role, "scope": str(where), "stages": list(limited)}
            at = {"namespace_id": namespace_id, "model_id": model_id}
            entry = Entry(Action.GRANT_CREATED, f"grant:{grant_id}", data, **at)
            append.append(tx, actor=call.actor, now=call.now, entries=[entry])
        once.remember(tx, call, mark, str(grant_id))
        found = grants.by_id(tx, grant_id)
        if found is None:
            raise NotFound(f"There is no grant {grant_id}.")
        return found[0]


def _limits(role: str, stages: Sequence[str]) -> tuple[str, ...]:
    """Return the stages that a grant of a role is limited to, or raise ``Invalid``."""
    if role not in ROLES:
        raise Invalid(f"There is no role {role[:80]!r}.", hint=f"Roles are {', '.join(ROLES)}.")
    limited = granting.stages_of(stages)
    if limited and Permission.ACCESS_WRITE in ROLES[role]:
        raise Invalid(
            f"The role {role} is not limited to stages: who gives roles and writes policies gets round any limit.",
            hint="Give the role maintainer for these stages.",
        )
    return limited
