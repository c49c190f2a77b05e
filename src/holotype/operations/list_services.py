"""Which service accounts are there?"""

from __future__ import annotations

from holotype.access import principals, rules
from holotype.domain.entities import Account
from holotype.domain.permissions import Permission
from holotype.operations.call import Call


def list_services(call: Call, *, after: str = "", limit: int = 50) -> list[Account]:
    """Return up to ``limit`` service accounts by name: all for who may read access, else those the caller owns."""
    rules.require_somewhere(call.actor, Permission.TOKEN_WRITE)
    everybody = rules.may(call.actor, Permission.ACCESS_READ)
    with call.read() as tx:
        owner_id = None if everybody else call.actor.person_id
        return principals.page(tx, principals.SERVICE, owner_id=owner_id, after=after, limit=limit)
