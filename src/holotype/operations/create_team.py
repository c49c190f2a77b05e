"""How does a team come to be?"""

from __future__ import annotations

from collections.abc import Sequence

from holotype.access import rules, teams
from holotype.domain import names
from holotype.domain.entities import Team
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.errors import AlreadyExists
from holotype.operations import accounts, once
from holotype.operations.call import Call


def create_team(call: Call, name: str, *, members: Sequence[str] = ()) -> Team:
    """Create a team of users and service accounts, and return it."""
    rules.require(call.actor, Permission.ACCESS_WRITE)
    names.component(name, "team")
    chosen = list(dict.fromkeys(members))
    mark = once.fingerprint("create_team", name, chosen)
    with call.write() as tx:
        if once.recall(tx, call, mark) is not None:
            return teams.with_members(tx, name)
        if teams.by_name(tx, name) is not None:
            raise AlreadyExists(f"There is a team {name} already.", hint="Change it, or choose another name.")
        team_id = teams.create(tx, name, call.now)
        for member in chosen:
            teams.add(tx, team_id, accounts.get(tx, member).id)
        accounts.record(tx, call, Action.TEAM_CREATED, f"team:{name}", members=chosen)
        once.remember(tx, call, mark, name)
        return teams.with_members(tx, name)
