"""Who does the registry take the caller for?"""

from __future__ import annotations

from dataclasses import dataclass

from holotype.access import grants, rules
from holotype.access.grants import Wanted
from holotype.domain.entities import Grant
from holotype.domain.permissions import Permission
from holotype.operations.call import Call

_MOST = 100


@dataclass(frozen=True, slots=True)
class Identity:
    """A principal, what it may somewhere, what its token is confined to, and the first of its grants."""

    principal: str
    permissions: list[str]
    scope: str
    grants: list[Grant]


def whoami(call: Call) -> Identity:
    """Return the caller's identity."""
    rules.require_somewhere(call.actor, Permission.TOKEN_WRITE)
    permissions = [one.value for one in Permission if rules.may_somewhere(call.actor, one)]
    with call.read() as tx:
        own = Wanted(principal_id=call.actor.principal_id or 0)
        given = grants.page(tx, own, after=0, limit=_MOST)
    return Identity(call.actor.name, permissions, rules.subject(call.actor.namespace, call.actor.model), given)
