"""How does a team end? With its grants; a new team of that name begins without any."""

from __future__ import annotations

from holotype.access import principals, rules, teams
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.operations import accounts
from holotype.operations.call import Call


def delete_team(call: Call, name: str) -> None:
    """Delete a team, its memberships and its grants."""
    rules.require(call.actor, Permission.ACCESS_WRITE)
    with call.write() as tx:
        team = teams.with_members(tx, name)
        principals.touch_team(tx, team.id)
        teams.delete(tx, team.id)
        accounts.check_administered(tx)
        accounts.record(tx, call, Action.TEAM_DELETED, f"team:{name}", members=list(team.members))
