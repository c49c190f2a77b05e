"""Who is the person that an OpenID provider names? An issuer and a subject, which never change hands.

An administrator links a user to a subject, or to an e-mail address: then the first sign-in with that address, which the
issuer must say that it has verified, fixes the subject, and from then on the address counts for nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from holotype.access.sign_in_tables import identities
from holotype.access.tables import principals
from holotype.db import Tx
from holotype.domain import times
from holotype.domain.sign_in import Identity

_OF = sa.select(identities.c.principal_id).where(
    identities.c.issuer == sa.bindparam("issuer"), identities.c.subject == sa.bindparam("subject")
)
_EXPECTED = sa.select(identities).where(
    identities.c.issuer == sa.bindparam("issuer"), identities.c.email == sa.bindparam("email")
)
_SHOWN = sa.select(identities, principals.c.name.label("principal")).join_from(identities, principals)
_OF_PRINCIPAL = _SHOWN.where(identities.c.principal_id == sa.bindparam("id")).order_by(identities.c.id).limit(100)


def principal_of(tx: Tx, issuer: str, subject: str) -> int | None:
    """Return whom an issuer's subject is linked to, if to anybody."""
    found: int | None = tx.execute(_OF, {"issuer": issuer, "subject": subject}).scalar_one_or_none()
    return found


def settle(tx: Tx, issuer: str, email: str, subject: str) -> int | None:
    """Link the subject to whoever is expected under an e-mail address, and return who that is."""
    row = tx.execute(_EXPECTED, {"issuer": issuer, "email": _folded(email)}).one_or_none()
    if row is None:
        return None
    tx.execute(identities.update().where(identities.c.id == row.id).values(subject=subject, email=None))
    return int(row.principal_id)


def link(
    tx: Tx, principal_id: int, issuer: str, *, subject: str | None, email: str | None, by: str, now: datetime
) -> bool:
    """Link a principal to a subject, or to the address under which it is expected; say whether that was free."""
    row = {"principal_id": principal_id, "issuer": issuer, "subject": subject, "email": email and _folded(email)}
    taken = sa.select(identities.c.id).where(
        identities.c.issuer == issuer,
        identities.c.subject == subject if subject is not None else identities.c.email == row["email"],
    )
    if tx.execute(taken).first() is not None:
        return False
    tx.execute(identities.insert(), row | {"created_at": times.to_micros(now), "created_by": by})
    return True


def of_principal(tx: Tx, principal_id: int) -> list[Identity]:
    """Return what a principal is linked to."""
    return [_entity(row) for row in tx.execute(_OF_PRINCIPAL, {"id": principal_id})]


def unlink(tx: Tx, principal_id: int, identity_id: int) -> bool:
    """Remove a link of a principal, and say whether it was there."""
    mine = (identities.c.id == identity_id) & (identities.c.principal_id == principal_id)
    return tx.execute(identities.delete().where(mine)).rowcount == 1


def _folded(email: str) -> str:
    """Return an address as it is compared: whatever the case of its letters, but ``ß`` is not ``ss``, nor ``K`` a K.

    Unicode's folding makes one address of several that belong to different people.
    """
    return email.lower() if email.isascii() else email


def _entity(row: sa.Row[Any]) -> Identity:
    created = times.from_micros(row.created_at)
    return Identity(row.id, row.principal, row.issuer, row.subject, row.email, created, row.created_by)
