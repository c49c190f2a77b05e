"""The routes of versions whose bytes are still on their way in: listed, and tried again where they failed to come."""

from __future__ import annotations

from holotype.domain import references
from holotype.domain.permissions import Permission
from holotype.gateways.base import Request, call_of, get, post
from holotype.gateways.native.addresses import PAGE, VERSION, before, checked, version_at
from holotype.gateways.perform import perform
from holotype.operations.list_intakes import list_intakes
from holotype.operations.retry_intake import retry_intake
from holotype.wire import intakes as shapes
from holotype.wire.shapes import Page


@get("/api/v1/intakes", permission=Permission.MODEL_READ)
async def intakes(
    request: Request,
    *,
    namespace: str | None = None,
    model: str | None = None,
    limit: int = PAGE,
    cursor: str | None = None,
) -> Page[shapes.Intake]:
    """List intakes, the newest first: of everything, of a ``namespace``, or of a ``model`` given as namespace/name."""
    where: dict[str, str | None] = {"namespace": namespace}
    if model is not None:
        parsed = references.parse_model(model)
        where = {"namespace": parsed.namespace, "model": parsed.model}
    found = await perform(list_intakes, call_of(request), **where, before=before(cursor), limit=checked(limit))
    return Page([shapes.of(one) for one in found.items], None if found.next is None else str(found.next))


@post(VERSION + "/retry", permission=Permission.VERSION_REGISTER)
async def retried(request: Request, namespace: str, model: str, label: str) -> shapes.Intake:
    """Let a version whose bytes failed to come be tried again; what was copied before stays."""
    return shapes.of(await perform(retry_intake, call_of(request), version_at(namespace, model, label)))


routes = [intakes, retried]
