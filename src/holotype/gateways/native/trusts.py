"""The routes about trust rules."""

from __future__ import annotations

from holotype.domain.permissions import Permission
from holotype.domain.sign_in import Trust
from holotype.gateways.base import Request, call_of, delete, get, post
from holotype.gateways.native.addresses import PAGE, before, checked, number, page
from holotype.gateways.perform import perform
from holotype.operations.create_trust import create_trust
from holotype.operations.list_trusts import list_trusts
from holotype.operations.revoke_trust import revoke_trust
from holotype.wire import sign_in as shapes
from holotype.wire.shapes import Page

TRUSTS = "/api/v1/trusts"


@get(TRUSTS, permission=Permission.ACCESS_READ)
async def trusts(request: Request, *, limit: int = PAGE, cursor: str | None = None) -> Page[shapes.Trust]:
    """List the trust rules that the caller may see, newest first."""
    found = await perform(list_trusts, call_of(request), before=before(cursor), limit=checked(limit) + 1)
    return page(found, limit, shapes.trust, _cursor)


@post(TRUSTS, permission=Permission.ACCESS_WRITE, status=201)
async def new_trust(request: Request, body: shapes.NewTrust) -> shapes.Trust:
    """Trust the tokens of an issuer that have certain claims; the claims must say whom, not only which issuer."""
    made = await perform(
        create_trust,
        call_of(request),
        body.issuer,
        body.service,
        body.claims,
        audience=body.audience,
        role=body.role,
        scope=body.scope,
        lifetime=body.lifetime,
    )
    return shapes.trust(made)


@delete(TRUSTS + "/{trust:str}", permission=Permission.ACCESS_WRITE)
async def revoked_trust(request: Request, trust: str) -> None:
    """Revoke a trust rule, and every token that it gave."""
    await perform(revoke_trust, call_of(request), number(trust, "trust"))


def _cursor(value: Trust) -> str:
    return str(value.id)


routes = [trusts, new_trust, revoked_trust]
