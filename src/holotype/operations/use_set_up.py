"""How does a person who was given a set-up secret choose their first password, or a new one for a lost one?"""

from __future__ import annotations

from dataclasses import replace

from holotype.access import attempts, passwords, principals
from holotype.access.attempts import Counter
from holotype.domain.entities import Actor, Principal
from holotype.domain.sign_in import SignedIn
from holotype.errors import Unauthenticated
from holotype.operations import issuing
from holotype.operations.call import Call
from holotype.operations.proving import PASSWORD, check_pause, reserve
from holotype.operations.set_password import keep


def use_set_up(call: Call, secret: str, password: str, *, address: str = "") -> SignedIn:
    """Set the password of the user whom the secret is for, and sign them in; the secret is used up."""
    counted = [Counter(f"set-up {attempts.network(address)}", 20, 300)]
    with call.read() as tx:
        check_pause(tx, call, counted)
        principal_id = passwords.set_up_of(tx, secret, call.now)
        user = principals.by_id(tx, principal_id) if principal_id is not None else None
    if user is None:
        reserve(call, counted)
        raise _refused()
    passwords.check(password, user.name)
    made = passwords.hashed(password)
    as_user = replace(call, actor=_actor(user))
    with call.write() as tx:
        if passwords.set_up_of(tx, secret, call.now) != user.id:
            raise _refused()
        keep(tx, as_user, user, made)
        seconds = call.registry.settings.sign_in_lifetime
        return issuing.issue(tx, call, user, origin=PASSWORD, seconds=seconds, data={"set_up": True})


def _actor(user: Principal) -> Actor:
    return Actor(user.name, user.id)


def _refused() -> Unauthenticated:
    return Unauthenticated("This set-up is not known, was used, or is over.", hint="Ask an administrator for another.")
