"""How does a new user get in without a default password? An administrator hands over a secret that works once."""

from __future__ import annotations

from datetime import datetime, timedelta

from holotype.access import passwords, principals, rules, secrets
from holotype.domain import times
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.errors import Conflict
from holotype.operations import accounts
from holotype.operations.call import Call

LIFETIME = timedelta(hours=48)


def create_set_up(call: Call, name: str) -> tuple[str, datetime]:
    """Return a secret with which a user sets a password, once and within two days; an earlier one is over."""
    rules.require(call.actor, Permission.ACCESS_WRITE)
    secret, ends = f"setup_{secrets.new_word()}", call.now + LIFETIME
    with call.write() as tx:
        user = accounts.get(tx, name, principals.USER)
        if user.disabled_at is not None:
            raise Conflict(f"The user {name} is disabled.", hint="Enable them first.")
        passwords.put_set_up(tx, user.id, secret, by=call.actor.name, ends=ends)
        accounts.record(tx, call, Action.USER_CHANGED, f"user:{user.name}", set_up=times.text(ends))
    return secret, ends
