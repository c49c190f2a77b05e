"""How does a machine become known? As a service account, with a user who answers for it.

Whoever administers a part of the registry may make one that they answer for themselves; it may nothing until it gets
grants. To name another user as its owner takes an administrator of the registry.
"""

from __future__ import annotations

from holotype.access import principals, rules
from holotype.db import Tx
from holotype.domain.entities import Account, Principal
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.errors import Conflict, Invalid
from holotype.operations import accounts, once
from holotype.operations.call import Call


def create_service(call: Call, name: str, *, owner: str | None = None) -> Account:
    """Create a service account and return it; its owner is the person behind the caller unless named."""
    rules.require_somewhere(call.actor, Permission.ACCESS_WRITE)
    accounts.check_name(name, principals.SERVICE)
    mark = once.fingerprint("create_service", name, owner)
    with call.write() as tx:
        done = once.recall(tx, call, mark)
        if done is not None:
            return principals.account(tx, int(done))
        person = owner_of(tx, call, owner)
        if person.id != call.actor.person_id:
            rules.require(call.actor, Permission.ACCESS_WRITE)
        accounts.check_free(tx, name)
        made = principals.create(tx, name, principals.SERVICE, call.now, owner_id=person.id)
        accounts.record(tx, call, Action.SERVICE_CREATED, f"service:{name}", owner=person.name)
        once.remember(tx, call, mark, str(made.id))
        return principals.account(tx, made.id)


def owner_of(tx: Tx, call: Call, name: str | None) -> Principal:
    """Return the user who shall answer for a service account: by name, or the person behind the caller."""
    if name is None:
        person = principals.by_id(tx, call.actor.person_id) if call.actor.person_id else None
        if person is None:
            raise Invalid("A service account needs an owner.", hint="Name a user: --owner USER.")
        return person
    person = accounts.get(tx, name, principals.USER)
    if person.disabled_at is not None:
        raise Conflict(f"The user {name} is disabled.", hint="Name another owner.")
    return person
