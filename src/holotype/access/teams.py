"""Which teams are there, and who is in them?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from holotype.access import principals as principals_of
from holotype.access.tables import principals, team_members, teams
from holotype.db import Tx
from holotype.domain import times
from holotype.domain.entities import Account, Team
from holotype.errors import NotFound

_SIZE = sa.select(sa.func.count()).where(team_members.c.team_id == teams.c.id).scalar_subquery()
_SELECT = sa.select(teams, _SIZE.label("size"))
_BY_NAME = _SELECT.where(teams.c.name == sa.bindparam("name"))
_PAGE = _SELECT.where(teams.c.name > sa.bindparam("after")).order_by(teams.c.name).limit(sa.bindparam("limit"))
_OF_MEMBER = sa.select(team_members.c.team_id).where(team_members.c.principal_id == sa.bindparam("principal_id"))
_PAGE_OF_MEMBER = _PAGE.where(teams.c.id.in_(_OF_MEMBER))
_MEMBERS = (
    sa.select(principals.c.name)
    .join_from(team_members, principals, principals.c.id == team_members.c.principal_id)
    .where(team_members.c.team_id == sa.bindparam("team_id"))
    .order_by(principals.c.name)
    .limit(sa.bindparam("limit"))
)
_MOST_SHOWN = 10_000
_PAGE_OF_MEMBERS = (
    principals_of.ACCOUNTS.join(team_members, team_members.c.principal_id == principals.c.id)
    .where(team_members.c.team_id == sa.bindparam("team_id"), principals.c.name > sa.bindparam("after"))
    .order_by(principals.c.name)
    .limit(sa.bindparam("limit"))
)


def by_name(tx: Tx, name: str) -> Team | None:
    """Return the team of a name without its members, or nothing."""
    row = tx.execute(_BY_NAME, {"name": name}).one_or_none()
    return None if row is None else _entity(row)


def get(tx: Tx, name: str) -> Team:
    """Return the team of a name without its members, or raise ``NotFound``."""
    found = by_name(tx, name)
    if found is None:
        raise NotFound(f"There is no team {name}.", hint="List the teams with `holotype team ls`.")
    return found


def with_members(tx: Tx, name: str) -> Team:
    """Return the team of a name with the names of its members, or raise ``NotFound``."""
    team = get(tx, name)
    members = tx.execute(_MEMBERS, {"team_id": team.id, "limit": _MOST_SHOWN}).scalars()
    return Team(team.id, team.name, team.created_at, team.size, tuple(members))


def members(tx: Tx, team_id: int, *, after: str, limit: int) -> list[Account]:
    """Return up to ``limit`` members of a team whose names come after ``after``."""
    bound = {"team_id": team_id, "after": after, "limit": limit}
    return [principals_of.account_of(row) for row in tx.execute(_PAGE_OF_MEMBERS, bound)]


def page(tx: Tx, *, member_id: int | None, after: str, limit: int) -> list[Team]:
    """Return up to ``limit`` teams whose names come after ``after``: all, or those of one member."""
    bound = {"after": after, "limit": limit}
    if member_id is None:
        return [_entity(row) for row in tx.execute(_PAGE, bound)]
    return [_entity(row) for row in tx.execute(_PAGE_OF_MEMBER, bound | {"principal_id": member_id})]


def create(tx: Tx, name: str, now: datetime) -> int:
    """Create a team and return its id."""
    values = {"name": name, "created_at": times.to_micros(now)}
    return int(tx.execute(teams.insert().values(values).returning(teams.c.id)).scalar_one())


def delete(tx: Tx, team_id: int) -> None:
    """Delete a team; its memberships and its grants go with it."""
    tx.execute(teams.delete().where(teams.c.id == team_id))


def has(tx: Tx, team_id: int, principal_id: int) -> bool:
    """Say whether somebody is in a team."""
    return tx.execute(sa.select(team_members.c.team_id).where(*_one(team_id, principal_id))).first() is not None


def add(tx: Tx, team_id: int, principal_id: int) -> None:
    """Take somebody into a team who is not in it."""
    tx.execute(team_members.insert(), {"team_id": team_id, "principal_id": principal_id})


def remove(tx: Tx, team_id: int, principal_id: int) -> None:
    """Take somebody out of a team."""
    tx.execute(team_members.delete().where(*_one(team_id, principal_id)))


def _one(team_id: int, principal_id: int) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return team_members.c.team_id == team_id, team_members.c.principal_id == principal_id


def _entity(row: sa.Row[Any]) -> Team:
    return Team(row.id, row.name, times.from_micros(row.created_at), row.size)
