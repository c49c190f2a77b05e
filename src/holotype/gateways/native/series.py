"""The route that follows a metric along the versions of a model."""

from __future__ import annotations

from holotype.domain.columns import Column
from holotype.domain.permissions import Permission
from holotype.gateways.base import Request, call_of, get
from holotype.gateways.native.addresses import MODEL, before, model_at
from holotype.gateways.perform import perform
from holotype.operations.metric_series import LARGEST, metric_series
from holotype.wire.measures import Point, Series


@get(MODEL + "/series", permission=Permission.MODEL_READ)
async def series(
    request: Request,
    namespace: str,
    model: str,
    metric: str,
    dataset: str | None = None,
    slice: str | None = None,  # noqa: A002 - the word that everybody uses for it
    limit: int = LARGEST,
    cursor: str = "",
) -> Series:
    """Follow a metric along the versions of a model, the newest first.

    Without ``dataset`` it is the value on no data set, or else on the first. ``limit`` says how many versions are
    looked at, at most 1,000.
    """
    wanted = Column("metric", metric, dataset, slice)
    found = await perform(
        metric_series, call_of(request), model_at(namespace, model), wanted, before=before(cursor), limit=limit
    )
    points = [Point(one.number, one.value, one.stage, one.created_at, one.quarantined_at) for one in found.points]
    return Series(found.metric.label, found.direction, points, None if found.next is None else str(found.next))


routes = [series]
