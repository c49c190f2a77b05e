"""How does a person become known? An administrator makes a user; how they sign in is set apart from it."""

from __future__ import annotations

from holotype.access import principals, rules
from holotype.domain.entities import Account
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.operations import accounts, once
from holotype.operations.call import Call


def create_user(call: Call, name: str) -> Account:
    """Create a user, who may nothing until a grant or a team says so, and return them."""
    rules.require(call.actor, Permission.ACCESS_WRITE)
    accounts.check_name(name, principals.USER)
    mark = once.fingerprint("create_user", name)
    with call.write() as tx:
        done = once.recall(tx, call, mark)
        if done is not None:
            return principals.account(tx, int(done))
        accounts.check_free(tx, name)
        made = principals.create(tx, name, principals.USER, call.now)
        accounts.record(tx, call, Action.USER_CREATED, f"user:{name}")
        once.remember(tx, call, mark, str(made.id))
        return principals.account(tx, made.id)
