"""The routes about users."""

from __future__ import annotations

from holotype.domain.permissions import Permission
from holotype.gateways.base import Request, call_of, get, patch, post
from holotype.gateways.native.addresses import PAGE, checked, page
from holotype.gateways.perform import perform
from holotype.operations.change_user import change_user
from holotype.operations.create_user import create_user
from holotype.operations.list_users import list_users
from holotype.operations.show_account import show_user
from holotype.wire import access as shapes
from holotype.wire.shapes import Page

USERS = "/api/v1/users"


@get(USERS, permission=Permission.ACCESS_READ)
async def users(request: Request, cursor: str = "", limit: int = PAGE) -> Page[shapes.Account]:
    """List the users, by name."""
    found = await perform(list_users, call_of(request), after=cursor, limit=checked(limit) + 1)
    return page(found, limit, shapes.account, lambda one: one.name)


@post(USERS, permission=Permission.ACCESS_WRITE, status=201)
async def new_user(request: Request, body: shapes.NewUser) -> shapes.Account:
    """Create a user, who may nothing until a grant or a team says so."""
    return shapes.account(await perform(create_user, call_of(request), body.name))


@get(USERS + "/{user:str}", permission=Permission.ACCESS_READ)
async def shown_user(request: Request, user: str) -> shapes.Account:
    """Show a user."""
    return shapes.account(await perform(show_user, call_of(request), user))


@patch(USERS + "/{user:str}", permission=Permission.ACCESS_WRITE)
async def changed_user(request: Request, user: str, body: shapes.UserChange) -> shapes.Account:
    """Disable a user, or enable them again, at once on every server.

    The service accounts of a disabled user stop with them.
    """
    return shapes.account(await perform(change_user, call_of(request), user, disabled=body.disabled))


routes = [users, new_user, shown_user, changed_user]
