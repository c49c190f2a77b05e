"""How is a service account stopped, started again, or given to another owner?

Its owner may stop it; to start it again, or to name another owner, takes an administrator of the registry. Whoever gets
a service account gets what it may, so nobody can give themselves one.
"""

from __future__ import annotations

from holotype.access import principals, rules
from holotype.domain import times
from holotype.domain.entities import Account
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.operations import accounts
from holotype.operations.call import Call
from holotype.operations.create_service import owner_of


def change_service(call: Call, name: str, *, disabled: bool | None = None, owner: str | None = None) -> Account:
    """Disable or enable a service account, name its owner, and return it."""
    rules.require_somewhere(call.actor, Permission.TOKEN_WRITE)
    if owner is not None or not disabled:
        rules.require(call.actor, Permission.ACCESS_WRITE)
    with call.write() as tx:
        if not rules.may(call.actor, Permission.ACCESS_WRITE):
            found = principals.by_name(tx, name)
            if found is None or found.owner_id is None or found.owner_id != call.actor.person_id:
                rules.refuse(call.actor, Permission.ACCESS_WRITE, "registry")
        service = accounts.get(tx, name, principals.SERVICE)
        values: dict[str, object] = {}
        data: dict[str, object] = {}
        if disabled is not None and disabled != (service.disabled_at is not None):
            values["disabled_at"] = times.to_micros(call.now) if disabled else None
            data["disabled"] = disabled
        if owner is not None:
            person = owner_of(tx, call, owner)
            if person.id != service.owner_id:
                values["owner_id"], data["owner"] = person.id, person.name
        if values:
            principals.change(tx, service.id, **values)
            accounts.record(tx, call, Action.SERVICE_CHANGED, f"service:{name}", **data)
        return principals.account(tx, service.id)
