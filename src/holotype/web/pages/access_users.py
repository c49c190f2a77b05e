"""Who are the people here? They are created, let in by a set-up secret that is shown once, and kept out."""

from __future__ import annotations

from holotype.domain.permissions import Permission
from holotype.operations.change_user import change_user
from holotype.operations.create_set_up import create_set_up
from holotype.operations.create_user import create_user
from holotype.operations.list_grants import list_grants
from holotype.operations.list_services import list_services
from holotype.operations.list_teams import list_teams
from holotype.operations.list_tokens import list_tokens
from holotype.operations.list_users import list_users
from holotype.operations.show_account import show_user
from holotype.web import places
from holotype.web.access import FEW, PAGE, given, tabs
from holotype.web.base import Page, Redirect, Visit, action, page


@page("/access/users", permission=Permission.ACCESS_READ)
def users(request: Visit, *, after: str = "") -> Page:
    """List the users, by name."""
    found = list_users(request.call, after=after, limit=PAGE + 1)
    following = found[PAGE - 1].name if len(found) > PAGE else None
    return Page("access_users.html", {"found": found[:PAGE], "next": following, "tabs": tabs(request, "Users")})


@action("/access/users", permission=Permission.ACCESS_WRITE)
def new_user(request: Visit, *, name: str) -> Redirect:
    """Create a user, who may nothing until a grant or a team says so."""
    made = create_user(request.call, name.strip())
    return Redirect(places.bearer(f"user:{made.name}"), f"{made.name} is here. Now let them in, and give them a role.")


@page("/access/users/{user:str}", permission=Permission.ACCESS_READ)
def user(request: Visit, user: str) -> Page:
    """Show a user: their grants, teams, service accounts and newest tokens."""
    found = show_user(request.call, user)
    operates = request.may(Permission.ADMIN_OPERATE)
    about = {
        "account": found,
        "who": f"user:{found.name}",
        "grants": given(request, list_grants(request.call, who=f"user:{found.name}", limit=PAGE)),
        "teams": list_teams(request.call, member=found.name, limit=PAGE),
        "services": list_services(request.call, owner=found.name, limit=PAGE),
        "tokens": list_tokens(request.call, principal=found.name, limit=FEW) if operates else None,
        "tabs": tabs(request, "Users"),
    }
    return Page("access_user.html", about)


@action("/access/users/{user:str}/state", permission=Permission.ACCESS_WRITE)
def changed_user(request: Visit, user: str, *, disabled: bool) -> Redirect:
    """Keep a user out with their service accounts, or let them in again, at once on every server."""
    made = change_user(request.call, user, disabled=disabled)
    said = (
        f"{made.name} is disabled: nothing of theirs works any more." if disabled else f"{made.name} is let in again."
    )
    return Redirect(places.bearer(f"user:{made.name}"), said)


@action("/access/users/{user:str}/set-up", permission=Permission.ACCESS_WRITE)
def set_up(request: Visit, user: str) -> Page:
    """Make a secret with which a user chooses a password, and show it, this once."""
    secret, ends = create_set_up(request.call, user)
    place = f"{request.call.registry.settings.public_url or ''}/sign-in/set-up"
    about = {"kind": "set-up", "secret": secret, "ends": ends, "who": user, "place": place}
    return Page("access_secret.html", about | {"leads": places.bearer(f"user:{user}"), "tabs": tabs(request, "Users")})


routes = [users, new_user, user, changed_user, set_up]
