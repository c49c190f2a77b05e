"""Who enters a team, and who leaves it? What the team may, they may from their next request on, or no more."""

from __future__ import annotations

from collections.abc import Sequence

from holotype.access import principals, rules, teams
from holotype.domain.entities import Team
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.errors import Invalid
from holotype.operations import accounts
from holotype.operations.call import Call


def change_team(call: Call, name: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> Team:
    """Take members in and out, and return the team; who is in already, or is not in, stays so."""
    rules.require(call.actor, Permission.ACCESS_WRITE)
    if set(add) & set(remove):
        raise Invalid("Somebody shall be both added and removed.", hint="Name everybody once.")
    with call.write() as tx:
        team = teams.get(tx, name)
        joining = [accounts.get(tx, one) for one in dict.fromkeys(add)]
        leaving = [accounts.get(tx, one) for one in dict.fromkeys(remove)]
        joining = [one for one in joining if not teams.has(tx, team.id, one.id)]
        leaving = [one for one in leaving if teams.has(tx, team.id, one.id)]
        for one in joining:
            teams.add(tx, team.id, one.id)
        for one in leaving:
            teams.remove(tx, team.id, one.id)
        for one in joining + leaving:
            principals.touch(tx, one.id)
        if leaving:
            accounts.check_administered(tx)
        if joining or leaving:
            news = {"added": [one.name for one in joining], "removed": [one.name for one in leaving]}
            changed = {word: who for word, who in news.items() if who}
            accounts.record(tx, call, Action.TEAM_CHANGED, f"team:{name}", **changed)
        return teams.with_members(tx, name)
