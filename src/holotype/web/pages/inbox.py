"""What waits for the visitor, and what of theirs waits for others?"""

from __future__ import annotations

from holotype.domain.permissions import Permission
from holotype.gateways.native.addresses import before
from holotype.operations.list_promotions import Wanted, list_promotions, tally_waiting
from holotype.web import streaming
from holotype.web.base import Page, Visit, page

_PAGE, MOST = 25, 99
_WAITING, _MINE = Wanted(waiting=True), Wanted(status="pending", mine=True)


@page("/inbox", permission=Permission.TOKEN_WRITE)
def inbox(request: Visit, *, cursor: str | None = None, own: str | None = None) -> Page:
    """List the promotions that wait for the visitor, and those that they asked for and that wait for others."""
    after, reads = streaming.head(request.call), request.may_somewhere(Permission.MODEL_READ)
    about: dict[str, object] = {"after": after, "waiting": None, "mine": None}
    if reads:
        about["waiting"] = list_promotions(request.call, _WAITING, before=before(cursor), limit=_PAGE)
        about["mine"] = list_promotions(request.call, _MINE, before=before(own), limit=_PAGE)
    return Page("inbox.html", about)


@page("/inbox/count", permission=Permission.TOKEN_WRITE)
def count(request: Visit) -> Page:
    """Count what waits for the visitor, for the navigation of every page."""
    reads = request.may_somewhere(Permission.MODEL_READ)
    return Page("inbox_count.html", {"found": tally_waiting(request.call, most=MOST) if reads else None})


routes = [inbox, count]
