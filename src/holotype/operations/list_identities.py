"""Whom does the OpenID provider know a user as?"""

from __future__ import annotations

from holotype.access import identities, principals, rules
from holotype.domain.permissions import Permission
from holotype.domain.sign_in import Identity
from holotype.operations import accounts
from holotype.operations.call import Call


def list_identities(call: Call, name: str) -> list[Identity]:
    """Return what a user is linked to."""
    rules.require(call.actor, Permission.ACCESS_READ)
    with call.read() as tx:
        return identities.of_principal(tx, accounts.get(tx, name, principals.USER).id)
