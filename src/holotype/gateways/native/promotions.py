"""The routes that move versions, and the one that says where they are."""

from __future__ import annotations

from datetime import datetime

from holotype.domain import references
from holotype.domain.permissions import Permission
from holotype.gateways.base import Reply, Request, call_of, get, post
from holotype.gateways.native.addresses import MODEL, VERSION, model_at, tagged, version_at
from holotype.gateways.perform import perform, perform_quick
from holotype.operations.promote import promote
from holotype.operations.resolve import resolve
from holotype.operations.rollback import rollback
from holotype.wire import present, shapes


@get("/api/v1/resolve", permission=Permission.MODEL_READ, also={304: "The caller has it already."})
async def resolved(request: Request, reference: str, at: datetime | None = None) -> Reply[shapes.Version]:
    """Return the version that a reference names, or named at a moment."""
    found = await perform_quick(resolve, call_of(request), references.parse_version(reference), at=at)
    return tagged(request, present.version(found))


@post(VERSION + "/promotions", permission=Permission.VERSION_PROMOTE)
async def promotion(
    request: Request, namespace: str, model: str, label: str, body: shapes.NewPromotion
) -> shapes.Promotion:
    """Move a version to a stage, or see what that would do."""
    where = version_at(namespace, model, label)
    moved = await perform(promote, call_of(request), where, body.stage, reason=body.reason, dry_run=body.dry_run)
    return present.promotion(moved)


@post(MODEL + "/rollbacks", permission=Permission.VERSION_PROMOTE)
async def rolled_back(request: Request, namespace: str, model: str, body: shapes.NewRollback) -> shapes.Promotion:
    """Give a stage back to the version that held it before."""
    where = model_at(namespace, model)
    return present.promotion(await perform(rollback, call_of(request), where, body.stage, reason=body.reason))


routes = [resolved, promotion, rolled_back]
