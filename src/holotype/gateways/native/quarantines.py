"""The routes that recall, release, and show what a recall reaches."""

from __future__ import annotations

from holotype.domain.entities import Quarantine
from holotype.domain.permissions import Permission
from holotype.errors import Invalid
from holotype.gateways.base import Request, call_of, get, post
from holotype.gateways.native.addresses import PAGE, checked, page
from holotype.gateways.perform import perform
from holotype.operations.impact import impact
from holotype.operations.list_quarantines import list_quarantines
from holotype.operations.quarantine import quarantine
from holotype.operations.release import release
from holotype.wire import recall as shapes
from holotype.wire.shapes import Page

QUARANTINES = "/api/v1/quarantines"


@get(QUARANTINES, permission=Permission.MODEL_READ)
async def quarantines(
    request: Request, *, everything: bool = False, limit: int = PAGE, cursor: str | None = None
) -> Page[shapes.Quarantine]:
    """List open quarantines, the newest first; with ``everything`` those that were released too."""
    asked = checked(limit) + 1
    found = await perform(
        list_quarantines, call_of(request), everything=everything, before=_before(cursor), limit=asked
    )
    return page(found, limit, shapes.of, _cursor)


@post(QUARANTINES, permission=Permission.VERSION_QUARANTINE, status=201)
async def new_quarantine(request: Request, body: shapes.NewQuarantine) -> shapes.Quarantine:
    """Recall a version, a data set or a parent, with everything that was built on it."""
    return shapes.of(await perform(quarantine, call_of(request), body.subject, reason=body.reason))


@post("/api/v1/releases", permission=Permission.VERSION_QUARANTINE)
async def new_release(request: Request, body: shapes.NewRelease) -> shapes.Quarantine:
    """End a quarantine, given by its number or by what it is about."""
    return shapes.of(await perform(release, call_of(request), body.quarantine, reason=body.reason))


@get("/api/v1/impact", permission=Permission.MODEL_READ)
async def impacts(request: Request, subject: str) -> shapes.Impact:
    """Show what a recall would reach, which of it is in use, and who pulled it."""
    found = await perform(impact, call_of(request), subject)
    holders = [shapes.Holder(one.principal, one.version, one.last) for one in found.pulled_by]
    return shapes.Impact(found.subject, found.count, [shapes.affected(one) for one in found.versions], holders)


def _cursor(value: Quarantine) -> str:
    return str(value.id)


def _before(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise Invalid("This is not a cursor of this list.", hint="Take `next` of the page before.")
    return int(cursor)


routes = [quarantines, new_quarantine, new_release, impacts]
