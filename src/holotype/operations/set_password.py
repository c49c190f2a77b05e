"""How does a person choose their password?

Who has one gives it again, and tries are counted as for a sign-in. Who has none needs a token that is not narrower than
they are themselves: a reader's token that leaked must not become a password. With the change, everybody else who is
signed in as this person is signed out.
"""

from __future__ import annotations

from holotype.access import attempts, passwords, principals, rules, tokens
from holotype.db import Tx
from holotype.domain.entities import Principal
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.errors import Denied, Invalid, Unauthenticated
from holotype.operations import accounts, issuing
from holotype.operations.call import Call
from holotype.operations.proving import PASSWORD, check_pause, reserve


def set_password(call: Call, new: str, *, old: str | None = None, address: str = "") -> None:
    """Set the caller's own password; ``old`` is the one that they have, if they have one."""
    rules.require_somewhere(call.actor, Permission.TOKEN_WRITE)
    with call.read() as tx:
        user = principals.by_id(tx, call.actor.principal_id or 0)
        kept = passwords.get(tx, user.id) if user is not None else None
    if user is None or user.kind != principals.USER:
        raise Denied("Only users have passwords.", hint="Service accounts have tokens.")
    passwords.check(new, user.name)
    if kept is None:
        _check_wide(call)
    else:
        _check_old(call, user, kept, old, address)
    made = passwords.hashed(new)
    with call.write() as tx:
        if passwords.get(tx, user.id) != kept:
            raise Invalid("The password was changed by somebody else a moment ago.", hint="Try again.")
        keep(tx, call, user, made)


def keep(tx: Tx, call: Call, user: Principal, made: str) -> None:
    """Keep the hash of a user's new password, and sign out everybody else who is signed in as them."""
    passwords.put(tx, user.id, made, call.now)
    tokens.revoke_sign_ins(tx, user.id, call.now, but=call.actor.token_id)
    accounts.record(tx, call, Action.USER_CHANGED, f"user:{user.name}", password="set")  # noqa: S106 - a word


def _check_wide(call: Call) -> None:
    """Raise unless the caller's token is as wide as the caller."""
    with call.read() as tx:
        token, _ = tokens.get(tx, call.actor.token_id or "")
    if (token.role, token.scope) != ("admin", "registry"):
        raise Denied(
            "A first password takes a token of role admin on the whole registry, which is not narrower than you are.",
            hint="Sign in through the OpenID provider, or ask an administrator for `holotype user setup`.",
        )


def _check_old(call: Call, user: Principal, kept: str, old: str | None, address: str) -> None:
    if old is None:
        raise Invalid("You have a password: give it as well.", hint="Or ask for `holotype user setup`.")
    account = attempts.account_key(user.id, user.name)
    with call.read() as tx:
        counted = attempts.counters(tx, account, address, call.now)
        check_pause(tx, call, counted)
    reserve(call, counted)
    if not passwords.matches(old, kept):
        issuing.record_refusal(call, f"user:{user.name}", by=PASSWORD, why="wrong old password")
        raise Unauthenticated("The old password is wrong.", hint="Try again, or ask an administrator.")
    with call.write() as tx:
        attempts.forgive(tx, counted, account, address, call.now)
