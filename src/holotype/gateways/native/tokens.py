"""The routes about tokens, and about who the caller is."""

from __future__ import annotations

from holotype.domain import times
from holotype.domain.entities import Token
from holotype.domain.permissions import Permission
from holotype.errors import Invalid
from holotype.gateways.base import Request, call_of, delete, get, post
from holotype.gateways.native.addresses import PAGE, checked, page
from holotype.gateways.perform import perform, perform_quick
from holotype.operations.create_token import create_token
from holotype.operations.list_tokens import list_tokens
from holotype.operations.revoke_token import revoke_token
from holotype.operations.whoami import whoami
from holotype.wire import access, present, shapes

TOKENS = "/api/v1/tokens"


@get(TOKENS, permission=Permission.TOKEN_WRITE)
async def tokens(
    request: Request,
    *,
    everyone: bool = False,
    principal: str | None = None,
    limit: int = PAGE,
    cursor: str | None = None,
) -> shapes.Page[shapes.Token]:
    """List the caller's tokens, newest first, without their secrets.

    With ``principal`` those of a service account that the caller owns. An administrator may ask for anybody's.
    """
    before = _position(cursor) if cursor is not None else None
    asked = checked(limit) + 1
    found = await perform(
        list_tokens, call_of(request), everyone=everyone, principal=principal, before=before, limit=asked
    )
    return page(found, limit, present.token, _cursor)


@post(TOKENS, permission=Permission.TOKEN_WRITE, status=201)
async def new_token(request: Request, body: shapes.NewToken) -> shapes.CreatedToken:
    """Create a token for the caller or a service account; its secret is in the answer and nowhere else.

    It never may more than the token that made it, and never lives longer. The same Idempotency-Key makes no second
    token: since the secret is not kept, the answer is then 409 with the id of the first.
    """
    made, secret = await perform(
        create_token,
        call_of(request),
        body.name,
        role=body.role,
        scope=body.scope,
        expires_in_days=body.expires_in_days,
        principal=body.principal,
    )
    return shapes.CreatedToken(present.token(made), secret)


@delete(TOKENS + "/{token_id:str}", permission=Permission.TOKEN_WRITE)
async def revoked_token(request: Request, token_id: str) -> None:
    """Revoke a token, at once and for good."""
    await perform(revoke_token, call_of(request), token_id)


@get("/api/v1/whoami", permission=Permission.TOKEN_WRITE)
async def identity(request: Request) -> shapes.Whoami:
    """Say who the server takes the caller for."""
    found = await perform_quick(whoami, call_of(request))
    return shapes.Whoami(found.principal, found.permissions, found.scope, [access.grant(one) for one in found.grants])


def _cursor(token: Token) -> str:
    return f"{times.to_micros(token.created_at)}.{token.id}"


def _position(cursor: str) -> tuple[int, str]:
    micros, dot, token_id = cursor.partition(".")
    if not (dot and micros.isascii() and micros.isdigit() and len(micros) < 19):
        raise Invalid("The cursor is not one of this list.", hint="Give the `next` of the page before, unchanged.")
    return int(micros), token_id


routes = [tokens, new_token, revoked_token, identity]
