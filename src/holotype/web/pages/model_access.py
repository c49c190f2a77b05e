"""Who may what on a model, and why may somebody do something there or not?"""

from __future__ import annotations

from typing import Any

from holotype.access.explaining import Explanation
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import HolotypeError
from holotype.gateways.native.addresses import before
from holotype.operations.explain_access import explain_access
from holotype.operations.list_grants import list_covering
from holotype.web.base import Page, Visit, page
from holotype.web.heads import part

_PAGE = 100
_NONE = frozenset({Permission.NAMESPACE_CREATE, Permission.TOKEN_WRITE, Permission.ADMIN_OPERATE})
"""What is nothing to ask of a model."""


@page("/models/{namespace:str}/{model:str}/access", permission=Permission.ACCESS_READ)
def access(
    request: Visit,
    namespace: str,
    model: str,
    *,
    who: str = "",
    action: str = "",
    stage: str | None = None,
    cursor: str | None = None,
) -> Page:
    """Show the grants that cover a model, and explain whether somebody may do something there."""

    def make(where: Reference, _: str) -> Page:
        found = list_covering(request.call, where, after=before(cursor) or 0, limit=_PAGE + 1)
        shown = found[:_PAGE]
        about: dict[str, Any] = {"grants": shown, "next": shown[-1].id if len(found) > _PAGE else None}
        about |= {"who": who, "action": action, "stage": stage or "", "explanation": None, "why": None}
        try:
            about["explanation"] = _explained(request, where, who, action, stage)
        except HolotypeError as error:
            about["why"] = error
        about["actions"] = [one.value for one in Permission if one not in _NONE]
        return Page("model_access.html", about, status=200 if about["why"] is None else 400)

    return part(request, namespace, model, "access", make)


def _explained(request: Visit, where: Reference, who: str, action: str, stage: str | None) -> Explanation | None:
    if not who.strip():
        return None
    wanted = action or Permission.MODEL_READ.value
    return explain_access(request.call, who.strip(), wanted, where.model_reference, stage=stage)


routes = [access]
