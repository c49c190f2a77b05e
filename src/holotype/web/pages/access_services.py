"""Which machines are known here, who answers for each, and with which tokens do they come?"""

from __future__ import annotations

from holotype.domain.permissions import ROLES, Permission
from holotype.operations.change_service import change_service
from holotype.operations.create_service import create_service
from holotype.operations.create_token import REGISTRY, create_token
from holotype.operations.list_grants import list_grants
from holotype.operations.list_services import list_services
from holotype.operations.list_tokens import list_tokens
from holotype.operations.show_account import show_service
from holotype.web import places
from holotype.web.access import PAGE, cursor, fresh, given, once, position, tabs
from holotype.web.base import Page, Redirect, Visit, action, page


@page("/access/services", permission=Permission.TOKEN_WRITE)
def services(request: Visit, *, after: str = "") -> Page:
    """List the service accounts: all, or those that the visitor answers for."""
    found = list_services(request.call, after=after, limit=PAGE + 1)
    following = found[PAGE - 1].name if len(found) > PAGE else None
    about = {"found": found[:PAGE], "next": following, "tabs": tabs(request, "Service accounts")}
    return Page("access_services.html", about)


@action("/access/services", permission=Permission.ACCESS_WRITE)
def new_service(request: Visit, *, name: str, owner: str | None = None) -> Redirect:
    """Create a service account; the visitor answers for it unless somebody else is named."""
    made = create_service(request.call, name.strip(), owner=owner.strip() if owner else None)
    return Redirect(places.bearer(f"service:{made.name}"), f"{made.name} is there. Now give it a role, and a token.")


@page("/access/services/{service:str}", permission=Permission.TOKEN_WRITE)
def service(request: Visit, service: str, *, before: str | None = None) -> Page:
    """Show a service account: who answers for it, its tokens and its grants."""
    found = show_service(request.call, service)
    who = f"service:{found.name}"
    operates = request.may(Permission.ADMIN_OPERATE) or request.may(Permission.ACCESS_WRITE)
    mine = found.owner == request.call.actor.name
    tokens = None
    if operates or mine:
        tokens = list_tokens(request.call, principal=found.name, before=position(before), limit=PAGE + 1)
    sees = request.may_somewhere(Permission.ACCESS_READ)
    about = {
        "account": found,
        "who": who,
        "mine": mine,
        "tokens": None if tokens is None else tokens[:PAGE],
        "next": cursor(tokens[PAGE - 1]) if tokens and len(tokens) > PAGE else None,
        "grants": given(request, list_grants(request.call, who=who, limit=PAGE)) if sees else None,
        "roles": list(ROLES),
        "once": fresh(),
        "tabs": tabs(request, "Service accounts"),
    }
    return Page("access_service.html", about)


@action("/access/services/{service:str}/state", permission=Permission.TOKEN_WRITE)
def changed_service(request: Visit, service: str, *, disabled: bool) -> Redirect:
    """Stop a service account, or start it again, at once on every server."""
    made = change_service(request.call, service, disabled=disabled)
    said = f"{made.name} is stopped: its tokens work no more." if disabled else f"{made.name} is started again."
    return Redirect(places.bearer(f"service:{made.name}"), said)


@action("/access/services/{service:str}/owner", permission=Permission.ACCESS_WRITE)
def given_service(request: Visit, service: str, *, owner: str) -> Redirect:
    """Give a service account to another user, who answers for it from now on."""
    made = change_service(request.call, service, owner=owner.strip())
    return Redirect(places.bearer(f"service:{made.name}"), f"{made.owner} answers for {made.name} now.")


@action("/access/services/{service:str}/tokens", permission=Permission.TOKEN_WRITE)
def new_token(
    request: Visit,
    service: str,
    *,
    name: str = "",
    role: str = "reader",
    scope: str = "",
    days: float | None = None,
    word: str = "",
) -> Page:
    """Make a token of a service account and show its secret, this once; a form that is sent again makes no second."""
    made, secret = create_token(
        once(request.call, word),
        name.strip(),
        role=role,
        scope=scope.strip() or REGISTRY,
        expires_in_days=days,
        principal=service,
    )
    about = {"kind": "token", "secret": secret, "made": made, "who": service, "ends": made.expires_at}
    about |= {"leads": places.bearer(f"service:{service}"), "tabs": tabs(request, "Service accounts")}
    return Page("access_secret.html", about)


routes = [services, new_service, service, changed_service, given_service, new_token]
