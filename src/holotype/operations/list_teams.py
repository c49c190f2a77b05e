"""Which teams are there, and who is in one?"""

from __future__ import annotations

from holotype.access import rules, teams
from holotype.domain.entities import Team
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
        if not rules.may(call.actor, Permission.ACCESS_READ):
            found = teams.by_name(tx, name)
            if found is None or not teams.has(tx, found.id, call.actor.principal_id or 0):
                raise NotFound(f"There is no team {name}.", hint="List the teams with `holotype team ls`.")
        return teams.with_members(tx, name)
