"""How does a person prove with a password who they are? In the same steps wherever a password is taken.

1. Whoever failed too often has to wait; so many tries are counted for the account, the address and both together.
2. The try is counted as failed, in a transaction of its own, before the password is looked at.
3. The password is compared outside of any transaction: as slowly for a name that nobody has.
4. When it was right, what was counted is taken back, and what the password was given for is done in that transaction;
   when not, the refusal is in the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from holotype.access import attempts, passwords, principals
from holotype.access.attempts import Counter
from holotype.db import Tx
from holotype.domain import names
from holotype.domain.entities import Principal
from holotype.errors import TooMany, Unauthenticated
from holotype.operations import issuing
from holotype.operations.call import Call

PASSWORD = "password"  # noqa: S105 - a word, not a secret
_LONGEST_NAME = 200
T = TypeVar("T")


def proven(call: Call, name: str, password: str, address: str, then: Callable[[Tx, Principal, str], T]) -> T:
    """Return what ``then`` makes of a user and of the hash kept of their password, or raise.

    ``Unauthenticated`` says no more than that name and password do not belong together, ``TooMany`` for how long to
    wait.
    """
    with call.read() as tx:
        user = _user(tx, name)
        kept = passwords.get(tx, user.id) if user is not None else None
        account = attempts.account_key(user.id if user else None, name)
        counted = attempts.counters(tx, account, address, call.now)
        check_pause(tx, call, counted)  # 1
    reserve(call, counted)  # 2
    right = passwords.matches(password, kept)  # 3
    if user is None or kept is None or not right:  # 4
        subject = f"user:{user.name}" if user is not None else issuing.UNKNOWN
        why = "wrong password" if kept is not None else "no password"
        issuing.record_refusal(call, subject, by=PASSWORD, why=why, address=attempts.network(address))
        raise Unauthenticated("The name or the password is wrong.", hint="Try again, or ask an administrator.")
    newer = passwords.hashed(password) if passwords.is_old(kept) else None
    with call.write() as tx:
        if passwords.get(tx, user.id) != kept:
            raise Unauthenticated("The password was changed a moment ago.", hint="Sign in with the new one.")
        if newer is not None:
            passwords.replace_hash(tx, user.id, kept, newer)
        attempts.forgive(tx, counted, account, address, call.now)
        return then(tx, principals.by_id(tx, user.id) or user, newer or kept)


def check_pause(tx: Tx, call: Call, counted: Sequence[Counter]) -> None:
    """Raise ``TooMany`` for somebody who has to wait."""
    seconds = attempts.pause(tx, counted, call.now)
    if seconds:
        raise TooMany("There were too many tries.", hint=f"Try again in {seconds} s.", seconds=seconds)


def reserve(call: Call, counted: Sequence[Counter]) -> None:
    """Count a try as failed, before it is known; whoever came first of many at once has the only one."""
    with call.write() as tx:
        check_pause(tx, call, counted)
        attempts.count(tx, counted, call.now)


def _user(tx: Tx, name: str) -> Principal | None:
    """Return the user who can sign in under a name."""
    if len(name) > _LONGEST_NAME or not names.printable(name):
        return None
    found = principals.by_name(tx, name)
    usable = found is not None and found.kind == principals.USER and found.disabled_at is None
    return found if usable else None
