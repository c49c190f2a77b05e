"""What may I do here, and why may somebody do something, or not?"""

from __future__ import annotations

from holotype.access.explaining import Explanation
from holotype.domain.permissions import ROLES, Permission
from holotype.errors import HolotypeError, Invalid, NotFound
from holotype.operations.explain_access import explain_access
from holotype.operations.whoami import whoami
from holotype.web.access import given, tabs
from holotype.web.base import Page, Visit, page
from holotype.web.refusals import noted

_ACTIONS = [one.value for one in Permission]


@page("/access", permission=Permission.TOKEN_WRITE)
def mine(request: Visit) -> Page:
    """Show what the visitor may, by which grants."""
    me = whoami(request.call)
    about = {"me": me, "grants": given(request, me.grants), "roles": ROLES, "actions": _ACTIONS}
    return Page("access.html", about | {"tabs": tabs(request, "Mine")})


@page("/access/explain", permission=Permission.TOKEN_WRITE)
def explain(
    request: Visit, *, who: str | None = None, action: str | None = None, thing: str = "", stage: str | None = None
) -> Page:
    """Say which grant lets somebody do something, or why none does."""
    found: Explanation | None = None
    why: HolotypeError | None = None
    if who and action and thing:
        try:
            found = explain_access(request.call, who, action, thing, stage=stage)
        except (Invalid, NotFound) as error:
            why = noted(request, error)
    asked = {"who": who or request.call.actor.name, "action": action or "model:read", "thing": thing, "stage": stage}
    reasons = (found.allowing or found.closest)[1:] if found else ()  # the first is in the sentence
    about: dict[str, object] = {"asked": asked, "found": found, "reasons": reasons, "why": why, "actions": _ACTIONS}
    about |= {"tabs": tabs(request, "Explain")}
    return Page("access_explain.html", about, status=200 if why is None else 400)


routes = [mine, explain]
