"""The routes that recall, release, and show what a recall reaches."""

from __future__ import annotations

from holotype.domain.entities import Quarantine
from holotype.domain.permissions import Permission
from holotype.gateways.base import Request, call_of, get, post
from holotype.gateways.native.addresses import PAGE, before, checked, number, page
from holotype.gateways.perform import perform
from holotype.operations.impact import impact
from holotype.operations.list_quarantines import list_quarantines
from holotype.operations.quarantine import quarantine
from holotype.operations.release import release
from holotype.operations.show_quarantine import show_quarantine
from holotype.wire import recall as shapes
from holotype.wire.shapes import Page

QUARANTINES = "/api/v1/quarantines"


@get(QUARANTINES, permission=Permission.MODEL_READ)
async def quarantines(
    request: Request, *, everything: bool = False, limit: int = PAGE, cursor: str | None = None
) -> Page[shapes.Quarantine]:
    """List open quarantines, the newest first; with ``everything`` those that were released too."""
    asked = checked(limit) + 1
    found = await perform(list_quarantines, call_of(request), everything=everything, before=before(cursor), limit=asked)
    return page(found, limit, shapes.of, _cursor)


@get(QUARANTINES + "/{quarantine:str}", permission=Permission.MODEL_READ)
async def shown_quarantine(request: Request, quarantine: str) -> shapes.Held:
    """Show a quarantine by its number: the versions under it, and which of them are in use."""
    found = await perform(show_quarantine, call_of(request), number(quarantine, "quarantine"))
    versions = [shapes.affected(one) for one in found.versions]
    return shapes.Held(shapes.of(found.quarantine), found.count, versions, dict(found.stages))


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
    versions = [shapes.affected(one) for one in found.versions]
    there = None if found.quarantine is None else found.quarantine.id
    return shapes.Impact(found.subject, found.count, versions, holders, dict(found.stages), there)


def _cursor(value: Quarantine) -> str:
    return str(value.id)


routes = [quarantines, shown_quarantine, new_quarantine, new_release, impacts]
