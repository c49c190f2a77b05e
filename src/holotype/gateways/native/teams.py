"""The routes about teams."""

from __future__ import annotations

from holotype.domain.permissions import Permission
from holotype.gateways.base import Request, call_of, delete, get, patch, post
from holotype.gateways.native.addresses import PAGE, checked, page
from holotype.gateways.perform import perform
from holotype.operations.change_team import change_team
from holotype.operations.create_team import create_team
from holotype.operations.delete_team import delete_team
from holotype.operations.list_teams import list_members, list_teams, show_team
from holotype.wire import access as shapes
from holotype.wire.shapes import Page

TEAMS = "/api/v1/teams"
TEAM = TEAMS + "/{team:str}"


@get(TEAMS, permission=Permission.TOKEN_WRITE)
async def teams(request: Request, member: str | None = None, cursor: str = "", limit: int = PAGE) -> Page[shapes.Team]:
    """List the teams, by name: all where the caller may read access, else those that they are in.

    With ``member`` those that a user or a service account is in.
    """
    found = await perform(list_teams, call_of(request), member=member, after=cursor, limit=checked(limit) + 1)
    return page(found, limit, shapes.team, lambda one: one.name)


@post(TEAMS, permission=Permission.ACCESS_WRITE, status=201)
async def new_team(request: Request, body: shapes.NewTeam) -> shapes.Team:
    """Create a team."""
    return shapes.team(await perform(create_team, call_of(request), body.name, members=body.members))


@get(TEAM, permission=Permission.TOKEN_WRITE)
async def shown_team(request: Request, team: str) -> shapes.Team:
    """Show a team with its members."""
    return shapes.team(await perform(show_team, call_of(request), team))


@get(TEAM + "/members", permission=Permission.TOKEN_WRITE)
async def members(request: Request, team: str, cursor: str = "", limit: int = PAGE) -> Page[shapes.Account]:
    """List the members of a team, by name."""
    _, found = await perform(list_members, call_of(request), team, after=cursor, limit=checked(limit) + 1)
    return page(found, limit, shapes.account, lambda one: one.name)


@patch(TEAM, permission=Permission.ACCESS_WRITE)
async def changed_team(request: Request, team: str, body: shapes.TeamChange) -> shapes.Team:
    """Take members in and out, at once on every server."""
    return shapes.team(await perform(change_team, call_of(request), team, add=body.add, remove=body.remove))


@delete(TEAM, permission=Permission.ACCESS_WRITE)
async def deleted_team(request: Request, team: str) -> None:
    """Delete a team with its grants; a new team of that name begins without any."""
    await perform(delete_team, call_of(request), team)


routes = [teams, new_team, shown_team, members, changed_team, deleted_team]
