"""The routes about overrides: gates that somebody takes out of the way in an emergency."""

from __future__ import annotations

import math
from datetime import timedelta

from holotype.domain.permissions import Permission
from holotype.errors import Invalid
from holotype.gateways.base import Request, call_of, get, post
from holotype.gateways.native.addresses import PAGE, VERSION, before, checked, number, version_at
from holotype.gateways.perform import perform
from holotype.operations.close_override import close_override
from holotype.operations.list_overrides import list_overrides
from holotype.operations.open_override import open_override
from holotype.wire import promotions as shapes
from holotype.wire.shapes import Page

_LONGEST_HOURS = 24 * 366


@post(VERSION + "/overrides", permission=Permission.PROMOTION_OVERRIDE, status=201)
async def new_override(
    request: Request, namespace: str, model: str, label: str, body: shapes.NewOverride
) -> shapes.Override:
    """Take named gates out of the way of a version's move for some hours, with a reason."""
    if not (math.isfinite(body.hours) and abs(body.hours) <= _LONGEST_HOURS):
        raise Invalid("An override lasts some hours.", hint="Give `hours`, such as 4.")
    where = version_at(namespace, model, label)
    lasts = timedelta(hours=body.hours)
    opened = await perform(
        open_override, call_of(request), where, body.target, body.gates, reason=body.reason, lasts=lasts
    )
    return shapes.of(opened)


@get("/api/v1/overrides", permission=Permission.MODEL_READ)
async def overrides(
    request: Request, *, everything: bool = False, limit: int = PAGE, cursor: str | None = None
) -> Page[shapes.Override]:
    """List overrides that nobody closed, the newest first; with `everything` those that were closed too."""
    found = await perform(
        list_overrides, call_of(request), everything=everything, before=before(cursor), limit=checked(limit)
    )
    return Page([shapes.of(one) for one in found.items], None if found.next is None else str(found.next))


@post("/api/v1/overrides/{override:str}/close", permission=Permission.PROMOTION_OVERRIDE)
async def closed_override(request: Request, override: str) -> shapes.Override:
    """Close an override: its gates stand in the way again, and it is shown no more."""
    return shapes.of(await perform(close_override, call_of(request), number(override, "override")))


routes = [new_override, overrides, closed_override]
