"""Which service accounts are there?"""

from __future__ import annotations

from holotype.access import principals, rules
from holotype.domain.entities import Account
from holotype.domain.permissions import Permission
from holotype.operations import accounts
from holotype.operations.call import Call


def list_services(call: Call, *, owner: str | None = None, after: str = "", limit: int = 50) -> list[Account]:
    """Return up to ``limit`` service accounts by name: all for who may read access, else those the caller owns.

    With ``owner`` those that a user answers for, which is for who may read access, or about the caller.
    """
    rules.require_somewhere(call.actor, Permission.TOKEN_WRITE)
    if owner not in {None, call.actor.name}:
        rules.require(call.actor, Permission.ACCESS_READ)
    with call.read() as tx:
        owner_id = call.actor.person_id
        if owner is None and rules.may(call.actor, Permission.ACCESS_READ):
            owner_id = None
        elif owner is not None and owner != call.actor.name:
            owner_id = accounts.get(tx, owner, principals.USER).id
        return principals.page(tx, principals.SERVICE, owner_id=owner_id, after=after, limit=limit)
