"""The routes by which administrators say how users get in."""

from __future__ import annotations

from holotype.domain.permissions import Permission
from holotype.gateways.base import Request, call_of, delete, get, post
from holotype.gateways.native.addresses import number
from holotype.gateways.perform import perform
from holotype.operations.create_set_up import create_set_up
from holotype.operations.link_identity import link_identity
from holotype.operations.list_identities import list_identities
from holotype.operations.unlink_identity import unlink_identity
from holotype.wire import sign_in as shapes
from holotype.wire.shapes import Page

USER = "/api/v1/users/{user:str}"


@post(USER + "/set-up", permission=Permission.ACCESS_WRITE, status=201)
async def new_set_up(request: Request, user: str) -> shapes.SetUp:
    """Make a secret with which a user sets a password, once and within two days."""
    secret, ends = await perform(create_set_up, call_of(request), user)
    return shapes.SetUp(secret, ends)


@get(USER + "/identities", permission=Permission.ACCESS_READ)
async def identities(request: Request, user: str) -> Page[shapes.Identity]:
    """List whom OpenID providers know a user as; never more than a hundred."""
    found = await perform(list_identities, call_of(request), user)
    return Page([shapes.identity(one) for one in found], None)


@post(USER + "/identities", permission=Permission.ACCESS_WRITE, status=201)
async def new_identity(request: Request, user: str, body: shapes.NewIdentity) -> shapes.Identity:
    """Link a user to a subject of an issuer, or to the verified address with which they come for the first time."""
    made = await perform(
        link_identity, call_of(request), user, issuer=body.issuer, subject=body.subject, email=body.email
    )
    return shapes.identity(made)


@delete(USER + "/identities/{identity:str}", permission=Permission.ACCESS_WRITE)
async def removed_identity(request: Request, user: str, identity: str) -> None:
    """Unlink a user, and sign them out everywhere."""
    await perform(unlink_identity, call_of(request), user, number(identity, "identity"))


routes = [new_set_up, identities, new_identity, removed_identity]
