"""Which teams are there, and who is in them? What a team may, its members may."""

from __future__ import annotations

from holotype.domain.permissions import Permission
from holotype.operations.change_team import change_team
from holotype.operations.create_team import create_team
from holotype.operations.delete_team import delete_team
from holotype.operations.list_grants import list_grants
from holotype.operations.list_teams import list_members, list_teams
from holotype.web import places
from holotype.web.access import PAGE, given, tabs, words
from holotype.web.base import Page, Redirect, Visit, action, page


@page("/access/teams", permission=Permission.TOKEN_WRITE)
def teams(request: Visit, *, after: str = "") -> Page:
    """List the teams: all, or those that the visitor is in."""
    found = list_teams(request.call, after=after, limit=PAGE + 1)
    following = found[PAGE - 1].name if len(found) > PAGE else None
    return Page("access_teams.html", {"found": found[:PAGE], "next": following, "tabs": tabs(request, "Teams")})


@action("/access/teams", permission=Permission.ACCESS_WRITE)
def new_team(request: Visit, *, name: str, members: str = "") -> Redirect:
    """Create a team of users and service accounts."""
    made = create_team(request.call, name.strip(), members=words(members))
    return Redirect(places.bearer(f"team:{made.name}"), f"The team {made.name} is there.")


@page("/access/teams/{team:str}", permission=Permission.TOKEN_WRITE)
def team(request: Visit, team: str, *, after: str = "") -> Page:
    """Show a team: its members and its grants."""
    found, members = list_members(request.call, team, after=after, limit=PAGE + 1)
    who = f"team:{found.name}"
    sees = request.may_somewhere(Permission.ACCESS_READ)
    about = {
        "team": found,
        "who": who,
        "members": members[:PAGE],
        "next": members[PAGE - 1].name if len(members) > PAGE else None,
        "grants": given(request, list_grants(request.call, who=who, limit=PAGE)) if sees else None,
        "tabs": tabs(request, "Teams"),
    }
    return Page("access_team.html", about)


@action("/access/teams/{team:str}/members", permission=Permission.ACCESS_WRITE)
def changed_team(request: Visit, team: str, *, add: str = "", remove: str = "") -> Redirect:
    """Take members in and out, at once on every server."""
    joining, leaving = words(add), words(remove)
    made = change_team(request.call, team, add=joining, remove=leaving)
    told = [f"{', '.join(joining)} in" if joining else "", f"{', '.join(leaving)} out" if leaving else ""]
    said = f"The team {made.name}: {' and '.join(filter(None, told)) or 'nothing'} taken."
    return Redirect(places.bearer(f"team:{made.name}"), said)


@action("/access/teams/{team:str}/delete", permission=Permission.ACCESS_WRITE)
def deleted_team(request: Visit, team: str) -> Redirect:
    """Delete a team with its grants; its members stay."""
    delete_team(request.call, team)
    return Redirect("/access/teams", f"The team {team} is gone, with its grants.")


routes = [teams, new_team, team, changed_team, deleted_team]
