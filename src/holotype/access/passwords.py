"""What is a password here, and how is it kept?

A password has at least 12 characters and at most 1,024 bytes, in any script, and is not the name of who chooses it.
It is compared in Unicode's form NFKC, so that one keyboard's ``é`` is another's. Kept is its argon2id hash: 32 MiB and
three passes for each guess. Hashing happens in two threads at a time, so that any number of tries never holds more than
64 MiB; where a name is not known the same work is done for nothing, so that the time of the answer tells nothing.
"""

from __future__ import annotations

import hmac
import threading
import unicodedata
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

import sqlalchemy as sa

from holotype.access import secrets
from holotype.access.sign_in_tables import passwords, set_ups
from holotype.db import Tx
from holotype.domain import names, times
from holotype.errors import Invalid

if TYPE_CHECKING:
    from argon2 import PasswordHasher

AT_ONCE = 2
_MEMORY, _PASSES, _LANES = 32 * 1_024, 3, 1
_SHORTEST, _LONGEST = 12, 1_024
_hashing = threading.BoundedSemaphore(AT_ONCE)

_GET = sa.select(passwords.c.hash).where(passwords.c.principal_id == sa.bindparam("id"))
_SET_UP = sa.select(set_ups).where(set_ups.c.hash == sa.bindparam("hash"))


def check(password: str, name: str) -> None:
    """Raise ``Invalid`` for a password that nobody should choose; it is not repeated in the error."""
    plain = _plain(password) if len(password) <= _LONGEST else ""
    if len(plain) < _SHORTEST or len(plain.encode("utf-8", "replace")) > _LONGEST:
        raise Invalid(
            f"A password has at least {_SHORTEST} characters and at most {_LONGEST:,} bytes.",
            hint="Take a few words that nobody else would put together.",
        )
    if not names.printable(plain):
        raise Invalid("A password has no control characters.", hint="Leave them out.")
    if len(set(plain)) < 4 or plain.casefold() in (name.casefold(), name.casefold() * 2, name.casefold()[::-1]):
        raise Invalid("This password is the first that anybody would try.", hint="Take another one.")


def hashed(password: str) -> str:
    """Return what is kept of a password; takes a while."""
    with _hashing:
        return _hasher().hash(_plain(password))


def matches(password: str, kept: str | None) -> bool:
    """Say whether a password is the one whose hash was kept; as slow where none was kept."""
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415 - loaded with the first sign-in

    plain = _plain(password) if len(password) <= _LONGEST else ""  # NFKC makes some texts eighteen times as long
    if len(plain) > _LONGEST or not names.printable(plain):  # nobody has such a password; argon2 takes no surrogates
        plain = ""
    with _hashing:
        try:
            found = _hasher().verify(kept or _nobody(), plain)
        except (VerificationError, InvalidHashError):
            return False
    return bool(found) and kept is not None


def is_old(kept: str) -> bool:
    """Say whether a hash was made with other costs than are used today."""
    return _hasher().check_needs_rehash(kept)


def get(tx: Tx, principal_id: int) -> str | None:
    """Return the hash of a principal's password, or nothing where there is none."""
    found: str | None = tx.execute(_GET, {"id": principal_id}).scalar_one_or_none()
    return found


def put(tx: Tx, principal_id: int, kept: str, now: datetime) -> None:
    """Keep the hash of a principal's password; a set-up that was not used is over."""
    tx.execute(passwords.delete().where(passwords.c.principal_id == principal_id))
    row = {"principal_id": principal_id, "hash": kept, "changed_at": times.to_micros(now)}
    tx.execute(passwords.insert(), row)
    drop_set_up(tx, principal_id)


def replace_hash(tx: Tx, principal_id: int, old: str, new: str) -> None:
    """Keep a newer hash of the same password, unless the password was changed meanwhile."""
    same = (passwords.c.principal_id == principal_id) & (passwords.c.hash == old)
    tx.execute(passwords.update().where(same).values(hash=new))


def put_set_up(tx: Tx, principal_id: int, secret: str, *, by: str, ends: datetime) -> None:
    """Keep the hash of a secret with which a principal may set a password once; one that was there is over."""
    drop_set_up(tx, principal_id)
    row = {"principal_id": principal_id, "hash": secrets.hash_of(secret), "created_by": by}
    tx.execute(set_ups.insert(), row | {"expires_at": times.to_micros(ends)})


def set_up_of(tx: Tx, secret: str, now: datetime) -> int | None:
    """Return for whom a set-up secret is, if it is one and its time is not over."""
    row = tx.execute(_SET_UP, {"hash": secrets.hash_of(secret)}).one_or_none()
    if (
        row is None
        or row.expires_at <= times.to_micros(now)
        or not hmac.compare_digest(row.hash, secrets.hash_of(secret))
    ):
        return None
    return int(row.principal_id)


def drop_set_up(tx: Tx, principal_id: int) -> None:
    """End the set-up of a principal."""
    tx.execute(set_ups.delete().where(set_ups.c.principal_id == principal_id))


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # noqa: PLC0415 - loaded with the first sign-in

    return PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY, parallelism=_LANES)


@cache
def _nobody() -> str:
    """Return a hash that costs as much to compare with as anybody's, and that no password has."""
    return _hasher().hash(secrets.new_id() + secrets.new_id())


def _plain(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
