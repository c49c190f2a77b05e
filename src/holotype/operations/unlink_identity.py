"""How does a user lose the tie to somebody at the OpenID provider? With every sign-in that they have."""

from __future__ import annotations

from holotype.access import identities, principals, rules, tokens
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.errors import NotFound
from holotype.operations import accounts
from holotype.operations.call import Call


def unlink_identity(call: Call, name: str, identity: int) -> None:
    """Remove a link of a user and sign them out everywhere."""
    rules.require(call.actor, Permission.ACCESS_WRITE)
    with call.write() as tx:
        user = accounts.get(tx, name, principals.USER)
        if not identities.unlink(tx, user.id, identity):
            raise NotFound(f"The user {user.name} has no identity {identity}.", hint="List them first.")
        tokens.revoke_sign_ins(tx, user.id, call.now)
        accounts.record(tx, call, Action.USER_CHANGED, f"user:{user.name}", unlinked=identity)
