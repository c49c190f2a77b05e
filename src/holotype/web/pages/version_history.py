"""What happened to a version, and is each entry in the ledger as it was written?"""

from __future__ import annotations

from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.gateways.native.ledger import before_of
from holotype.operations.proven_history import proven_history
from holotype.operations.situation import Situation
from holotype.web.base import Page, Visit, page
from holotype.web.version_heads import VERSION, part

_PAGE = 30


@page(VERSION + "/history", permission=Permission.MODEL_READ)
def history(request: Visit, namespace: str, model: str, label: str, *, cursor: str = "") -> Page:
    """Show what happened to a version, with the proof of each entry; also to one that was deleted."""

    def make(where: Reference, _: Situation) -> Page:
        found = proven_history(request.call, where, before=before_of(cursor), limit=_PAGE + 1)
        following = found.entries[_PAGE - 1].event.sequence if len(found.entries) > _PAGE else None
        return Page("version_history.html", {"found": found, "entries": found.entries[:_PAGE], "next": following})

    return part(request, namespace, model, label, "history", make)


routes = [history]
