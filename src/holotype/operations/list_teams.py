"""Which teams are there, and who is in one?"""

from __future__ import annotations

from holotype.access import rules, teams
from holotype.db import Tx
from holotype.domain.entities import Account, Team
from holotype.domain.permissions import Permission
from holotype.errors import NotFound
from holotype.operations import accounts
from holotype.operations.call import Call


def list_teams(call: Call, *, member: str | None = None, after: str = "", limit: int = 50) -> list[Team]:
    """Return up to ``limit`` teams by name: all for who may read access, else those that the caller is in.

    With ``member`` those that somebody is in, which is for who may read access, or about the caller.
    """
    rules.require_somewhere(call.actor, Permission.TOKEN_WRITE)
    if member not in {None, call.actor.name}:
        rules.require(call.actor, Permission.ACCESS_READ)
    everybody = member is None and rules.may(call.actor, Permission.ACCESS_READ)
    with call.read() as tx:
        of = call.actor.principal_id if member in {None, call.actor.name} else accounts.get(tx, member or "").id
        return teams.page(tx, member_id=None if everybody else of, after=after, limit=limit)


def show_team(call: Call, name: str) -> Team:
    """Return a team with its members, to who may read access or is one of them."""
    rules.require_somewhere(call.actor, Permission.TOKEN_WRITE)
    with call.read() as tx:
        _seen(tx, call, name)
        return teams.with_members(tx, name)


def list_members(call: Call, name: str, *, after: str = "", limit: int = 50) -> tuple[Team, list[Account]]:
    """Return a team, and up to ``limit`` of its members by name, to who may read access or is one of them."""
    rules.require_somewhere(call.actor, Permission.TOKEN_WRITE)
    with call.read() as tx:
        found = _seen(tx, call, name)
        return found, teams.members(tx, found.id, after=after, limit=limit)


def _seen(tx: Tx, call: Call, name: str) -> Team:
    """Return a team without its members, or raise ``NotFound`` where the caller may not see it."""
    found = teams.get(tx, name)
    if rules.may(call.actor, Permission.ACCESS_READ) or teams.has(tx, found.id, call.actor.principal_id or 0):
        return found
    raise NotFound(
        f"There is no team {name}.",
        hint="List the teams with `holotype team ls`.",
        permission=Permission.ACCESS_READ.value,
        subject="registry",
    )
