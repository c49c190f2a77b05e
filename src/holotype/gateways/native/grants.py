"""The routes about grants, and about why somebody may do something."""

from __future__ import annotations

from holotype.access.explaining import Explanation, Reason
from holotype.domain import references
from holotype.domain.permissions import Permission
from holotype.errors import Invalid
from holotype.gateways.base import Request, call_of, delete, get, post
from holotype.gateways.native.addresses import PAGE, checked, page
from holotype.gateways.perform import perform
from holotype.operations.create_grant import create_grant
from holotype.operations.explain_access import explain_access
from holotype.operations.list_grants import list_covering, list_grants
from holotype.operations.revoke_grant import revoke_grant
from holotype.wire import access as shapes
from holotype.wire.shapes import Page

GRANTS = "/api/v1/grants"
_LARGEST = 2**53


@get(GRANTS, permission=Permission.TOKEN_WRITE)
async def grants(
    request: Request,
    who: str | None = None,
    namespace: str | None = None,
    model: str | None = None,
    cursor: str = "0",
    limit: int = PAGE,
) -> Page[shapes.Grant]:
    """List the grants that the caller may see, the oldest first: at least their own, with those of their teams.

    ``who`` is a user, a service account or ``team:NAME``. Of a ``model`` such as risk/fraud it lists all that cover it.
    """
    after, more = _number(cursor, "cursor"), checked(limit) + 1
    if model is not None:
        if who is not None or namespace is not None:
            raise Invalid("Grants that cover a model are listed whole.", hint="Give the model alone.")
        covering = await perform(
            list_covering, call_of(request), references.parse_model(model), after=after, limit=more
        )
        return page(covering, limit, shapes.grant, lambda one: str(one.id))
    found = await perform(list_grants, call_of(request), who=who, namespace=namespace, after=after, limit=more)
    return page(found, limit, shapes.grant, lambda one: str(one.id))


@post(GRANTS, permission=Permission.ACCESS_WRITE, status=201)
async def new_grant(request: Request, body: shapes.NewGrant) -> shapes.Grant:
    """Give a role on a part of the registry; never more than the caller has there.

    A grant that says the very same is returned as it is.
    """
    made = await perform(create_grant, call_of(request), body.who, body.role, body.scope, stages=body.stages)
    return shapes.grant(made)


@delete(GRANTS + "/{grant:str}", permission=Permission.ACCESS_WRITE)
async def revoked_grant(request: Request, grant: str) -> None:
    """Take a grant back, at once on every server."""
    await perform(revoke_grant, call_of(request), _number(grant, "number of a grant"))


@get("/api/v1/explanation", permission=Permission.TOKEN_WRITE)
async def explanation(
    request: Request, who: str, action: str, thing: str, stage: str | None = None
) -> shapes.Explanation:
    """Say which grants let a user or service account do something, or why none does.

    ``action`` is a permission such as version:promote; ``thing`` is a reference, ``risk/`` for a namespace, or
    ``registry``.
    """
    return _explanation(await perform(explain_access, call_of(request), who, action, thing, stage=stage))


def _explanation(found: Explanation) -> shapes.Explanation:
    return shapes.Explanation(
        principal=found.principal,
        permission=found.permission,
        subject=found.subject,
        stage=found.stage,
        allowed=found.allowed,
        detail=found.detail,
        allowing=[_reason(one) for one in found.allowing],
        closest=[_reason(one) for one in found.closest],
    )


def _reason(one: Reason) -> shapes.Reason:
    return shapes.Reason(shapes.grant(one.grant), one.detail)


def _number(text: str, what: str) -> int:
    if text.isascii() and text.isdigit() and int(text[:20]) <= _LARGEST:
        return int(text[:20])
    raise Invalid(f"{text[:80]!r} is not a {what}.", hint="`holotype grant ls` shows the numbers of grants.")


routes = [grants, new_grant, revoked_grant, explanation]
