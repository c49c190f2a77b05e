"""How is a person kept out, and let in again? At once, on every server: the account is looked at in each request."""

from __future__ import annotations

from holotype.access import principals, rules
from holotype.domain import times
from holotype.domain.entities import Account
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.operations import accounts
from holotype.operations.call import Call


def change_user(call: Call, name: str, *, disabled: bool) -> Account:
    """Disable a user, whose service accounts stop with them, or enable them again; return the account.

    The last user who administers the registry cannot be disabled.
    """
    rules.require(call.actor, Permission.ACCESS_WRITE)
    with call.write() as tx:
        user = accounts.get(tx, name, principals.USER)
        if disabled != (user.disabled_at is not None):
            principals.change(tx, user.id, disabled_at=times.to_micros(call.now) if disabled else None)
            accounts.check_administered(tx)
            accounts.record(tx, call, Action.USER_CHANGED, f"user:{name}", disabled=disabled)
        return principals.account(tx, user.id)
