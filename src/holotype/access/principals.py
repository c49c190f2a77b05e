"""Who is known here? Users, and service accounts with the user who answers for each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from holotype.access.tables import grants, principals, team_members
from holotype.db import Tx
from holotype.domain import times
from holotype.domain.entities import Account, Principal

USER, SERVICE = "user", "service"
SYSTEM, OPEN = "holotype", "open"
RESERVED = frozenset({SYSTEM, OPEN, "anonymous"})
"""Names that the ledger uses for who is no principal: the server itself, a server without sign-in, a stranger."""

_BY_NAME = sa.select(principals).where(principals.c.name == sa.bindparam("name"))
_BY_ID = sa.select(principals).where(principals.c.id == sa.bindparam("id"))
_OF_PERSON = sa.select(principals.c.name).where(
    (principals.c.id == sa.bindparam("id")) | (principals.c.owner_id == sa.bindparam("id"))
)
_owner = principals.alias("owner")
ACCOUNTS = sa.select(principals, _owner.c.name.label("owner")).outerjoin_from(
    principals, _owner, _owner.c.id == principals.c.owner_id
)
_ACCOUNT = ACCOUNTS.where(principals.c.id == sa.bindparam("id"))
_PAGE = (
    ACCOUNTS.where(principals.c.kind == sa.bindparam("kind"), principals.c.name > sa.bindparam("after"))
    .order_by(principals.c.name)
    .limit(sa.bindparam("limit"))
)
_PAGE_OF_OWNER = _PAGE.where(principals.c.owner_id == sa.bindparam("owner_id"))


def by_name(tx: Tx, name: str) -> Principal | None:
    """Return the principal of a name, or nothing."""
    row = tx.execute(_BY_NAME, {"name": name}).one_or_none()
    return None if row is None else _entity(row)


def accounts_of(tx: Tx, person_id: int) -> frozenset[str]:
    """Return the names of the accounts behind which a person stands: their own, and the machines they answer for."""
    return frozenset(tx.execute(_OF_PERSON, {"id": person_id}).scalars())


def by_id(tx: Tx, principal_id: int) -> Principal | None:
    """Return the principal with an id, or nothing."""
    row = tx.execute(_BY_ID, {"id": principal_id}).one_or_none()
    return None if row is None else _entity(row)


def account(tx: Tx, principal_id: int) -> Account:
    """Return a principal that is there, as administrators see it."""
    return account_of(tx.execute(_ACCOUNT, {"id": principal_id}).one())


def page(tx: Tx, kind: str, *, owner_id: int | None, after: str, limit: int) -> list[Account]:
    """Return up to ``limit`` accounts of a kind whose names come after ``after``; of one owner, or of all."""
    bound = {"kind": kind, "after": after, "limit": limit}
    if owner_id is None:
        return [account_of(row) for row in tx.execute(_PAGE, bound)]
    return [account_of(row) for row in tx.execute(_PAGE_OF_OWNER, bound | {"owner_id": owner_id})]


def create(tx: Tx, name: str, kind: str, now: datetime, *, owner_id: int | None = None) -> Principal:
    """Create a principal of a kind, ``user`` or ``service``, and return it."""
    values = {"name": name, "kind": kind, "owner_id": owner_id, "created_at": times.to_micros(now)}
    made = tx.execute(principals.insert().values(values).returning(principals.c.id)).scalar_one()
    return Principal(made, name, kind, owner_id)


def change(tx: Tx, principal_id: int, **values: Any) -> None:
    """Set columns of a principal (owner_id, disabled_at); whoever bears one of its tokens is told at once."""
    tx.execute(principals.update().where(principals.c.id == principal_id).values(values))


def touch(tx: Tx, principal_id: int) -> None:
    """Note that what a principal may has changed: what servers remember of it counts no more."""
    _touch(tx, principals.c.id == principal_id)


def touch_team(tx: Tx, team_id: int) -> None:
    """Note that what the members of a team may has changed."""
    members = sa.select(team_members.c.principal_id).where(team_members.c.team_id == team_id)
    _touch(tx, principals.c.id.in_(members))


def grant(
    tx: Tx,
    principal_id: int,
    role: str,
    *,
    namespace_id: int | None = None,
    model_id: int | None = None,
    by: str,
    now: datetime,
) -> None:
    """Give a principal a role on the registry, a namespace or (with both ids) a model."""
    scope = "registry" if namespace_id is None else "namespace" if model_id is None else "model"
    values = {
        "principal_id": principal_id,
        "role": role,
        "scope": scope,
        "namespace_id": namespace_id,
        "model_id": model_id,
        "created_at": times.to_micros(now),
        "created_by": by,
    }
    tx.execute(grants.insert(), values)
    touch(tx, principal_id)


def _touch(tx: Tx, which: sa.ColumnElement[bool]) -> None:
    tx.execute(principals.update().where(which).values(epoch=principals.c.epoch + 1))


def _entity(row: sa.Row[Any]) -> Principal:
    return Principal(row.id, row.name, row.kind, row.owner_id, _moment(row.disabled_at))


def account_of(row: sa.Row[Any]) -> Account:
    """Return the account in a row of :data:`ACCOUNTS`."""
    created = times.from_micros(row.created_at)
    return Account(row.id, row.name, row.kind, created, row.owner, _moment(row.disabled_at))


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else times.from_micros(micros)
