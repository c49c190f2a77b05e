"""Which roles were given to whom, which tokens are out, and which issuers let machines in?"""

from __future__ import annotations

from holotype.domain.permissions import ROLES, Permission
from holotype.gateways.native.addresses import before, number
from holotype.operations.create_grant import create_grant
from holotype.operations.list_grants import list_grants
from holotype.operations.list_tokens import list_tokens
from holotype.operations.list_trusts import list_trusts
from holotype.operations.revoke_grant import revoke_grant
from holotype.operations.revoke_token import revoke_token
from holotype.web import access
from holotype.web.access import PAGE, back, given, position, tabs, words
from holotype.web.base import Page, Redirect, Visit, action, page


@page("/access/grants", permission=Permission.TOKEN_WRITE)
def grants(request: Visit, *, who: str | None = None, namespace: str | None = None, after: str | None = None) -> Page:
    """List the grants that the visitor may see: at least their own, with those of their teams."""
    found = list_grants(request.call, who=who, namespace=namespace, after=before(after) or 0, limit=PAGE + 1)
    about = {
        "asked": {"who": who or "", "namespace": namespace or ""},
        "grants": given(request, found[:PAGE]),
        "next": found[PAGE - 1].id if len(found) > PAGE else None,
        "roles": list(ROLES),
        "tabs": tabs(request, "Grants"),
    }
    return Page("access_grants.html", about)


@action("/access/grants", permission=Permission.ACCESS_WRITE)
def new_grant(request: Visit, *, who: str, role: str, scope: str, stages: str = "", place: str = "") -> Redirect:
    """Give a role on a part of the registry; never more than the visitor has there."""
    made = create_grant(request.call, who.strip(), role, scope.strip(), stages=words(stages))
    towards = f", towards {', '.join(made.stages)} only" if made.stages else ""
    said = f"{made.who.partition(':')[2]} is {made.role} on {made.scope} now{towards}."
    return Redirect(back(place, "/access/grants"), said)


@action("/access/grants/{grant:str}/revoke", permission=Permission.ACCESS_WRITE)
def revoked_grant(request: Visit, grant: str, *, place: str = "") -> Redirect:
    """Revoke a grant, at once on every server."""
    revoke_grant(request.call, number(grant, "grant"))
    return Redirect(back(place, "/access/grants"), f"The grant {grant} is revoked.")


@page("/access/tokens", permission=Permission.ADMIN_OPERATE)
def tokens(request: Visit, *, principal: str | None = None, cursor: str | None = None) -> Page:
    """List everybody's tokens, the newest first, or those of one account; none with its secret."""
    found = list_tokens(
        request.call, everyone=principal is None, principal=principal, before=position(cursor), limit=PAGE + 1
    )
    about = {
        "tokens": found[:PAGE],
        "next": access.cursor(found[PAGE - 1]) if len(found) > PAGE else None,
        "principal": principal or "",
        "tabs": tabs(request, "Tokens"),
    }
    return Page("access_tokens.html", about)


@action("/access/tokens/{token:str}/revoke", permission=Permission.TOKEN_WRITE)
def revoked_token(request: Visit, token: str, *, place: str = "") -> Redirect:
    """Revoke a token, at once and for good."""
    revoke_token(request.call, token)
    return Redirect(back(place, "/access/tokens"), f"The token {token} is revoked.")


@page("/access/trusts", permission=Permission.ACCESS_READ)
def trusts(request: Visit, *, cursor: str | None = None) -> Page:
    """List the rules by which jobs and clusters get tokens without a secret, the newest first."""
    found = list_trusts(request.call, before=before(cursor), limit=PAGE + 1)
    following = found[PAGE - 1].id if len(found) > PAGE else None
    return Page("access_trusts.html", {"found": found[:PAGE], "next": following, "tabs": tabs(request, "Trust rules")})


routes = [grants, new_grant, revoked_grant, tokens, revoked_token, trusts]
