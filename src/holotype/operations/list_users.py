"""Which users are there?"""

from __future__ import annotations

from holotype.access import principals, rules
from holotype.domain.entities import Account
from holotype.domain.permissions import Permission
from holotype.operations.call import Call


def list_users(call: Call, *, after: str = "", limit: int = 50) -> list[Account]:
    """Return up to ``limit`` users whose names come after ``after``."""
    rules.require(call.actor, Permission.ACCESS_READ)
    with call.read() as tx:
        return principals.page(tx, principals.USER, owner_id=None, after=after, limit=limit)
