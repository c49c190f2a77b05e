"""The routes about service accounts."""

from __future__ import annotations

from holotype.domain.permissions import Permission
from holotype.gateways.base import Request, call_of, get, patch, post
from holotype.gateways.native.addresses import PAGE, checked, page
from holotype.gateways.perform import perform
from holotype.operations.change_service import change_service
from holotype.operations.create_service import create_service
from holotype.operations.list_services import list_services
from holotype.operations.show_account import show_service
from holotype.wire import access as shapes
from holotype.wire.shapes import Page

SERVICES = "/api/v1/services"


@get(SERVICES, permission=Permission.TOKEN_WRITE)
async def services(
    request: Request, owner: str | None = None, cursor: str = "", limit: int = PAGE
) -> Page[shapes.Account]:
    """List the service accounts, by name: all where the caller may read access, else their own.

    With ``owner`` those that a user answers for.
    """
    found = await perform(list_services, call_of(request), owner=owner, after=cursor, limit=checked(limit) + 1)
    return page(found, limit, shapes.account, lambda one: one.name)


@post(SERVICES, permission=Permission.ACCESS_WRITE, status=201)
async def new_service(request: Request, body: shapes.NewService) -> shapes.Account:
    """Create a service account; its owner is the person behind the caller unless named."""
    return shapes.account(await perform(create_service, call_of(request), body.name, owner=body.owner))


@get(SERVICES + "/{service:str}", permission=Permission.TOKEN_WRITE)
async def shown_service(request: Request, service: str) -> shapes.Account:
    """Show a service account."""
    return shapes.account(await perform(show_service, call_of(request), service))


@patch(SERVICES + "/{service:str}", permission=Permission.TOKEN_WRITE)
async def changed_service(request: Request, service: str, body: shapes.ServiceChange) -> shapes.Account:
    """Stop a service account, start it again, or give it to another owner.

    Its owner may stop it; the rest takes an administrator.
    """
    changed = await perform(change_service, call_of(request), service, disabled=body.disabled, owner=body.owner)
    return shapes.account(changed)


routes = [services, new_service, shown_service, changed_service]
