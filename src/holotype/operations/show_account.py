"""Who is a user, or a service account?"""

from __future__ import annotations

from holotype.access import principals, rules
from holotype.domain.entities import Account
from holotype.domain.permissions import Permission
from holotype.errors import NotFound
from holotype.operations import accounts
from holotype.operations.call import Call


def show_user(call: Call, name: str) -> Account:
    """Return a user, to who may read access."""
    rules.require(call.actor, Permission.ACCESS_READ)
    with call.read() as tx:
        return principals.account(tx, accounts.get(tx, name, principals.USER).id)


def show_service(call: Call, name: str) -> Account:
    """Return a service account, to who may read access or owns it."""
    rules.require_somewhere(call.actor, Permission.TOKEN_WRITE)
    everybody = rules.may(call.actor, Permission.ACCESS_READ)
    with call.read() as tx:
        found = principals.by_name(tx, name)
        own = found is not None and found.owner_id is not None and found.owner_id == call.actor.person_id
        if not everybody and not own:
            raise NotFound(
                f"There is no service {name[:200]}.",
                hint="See `holotype service ls`.",
                permission=Permission.ACCESS_READ.value if found else "",
                subject="registry",
            )
        return principals.account(tx, accounts.get(tx, name, principals.SERVICE).id)
