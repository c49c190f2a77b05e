"""The route about how a version stands."""

from __future__ import annotations

from holotype.domain.permissions import Permission
from holotype.gateways.base import Request, call_of, get
from holotype.gateways.native.addresses import VERSION, version_at
from holotype.gateways.perform import perform
from holotype.operations.situation import Way
from holotype.operations.situation import situation as situation_of
from holotype.wire import present, promotions, recall
from holotype.wire import situation as shapes


@get(VERSION + "/situation", permission=Permission.MODEL_READ)
async def situation(request: Request, namespace: str, model: str, label: str) -> shapes.Situation:
    """Show how a version stands: where it may go, what holds it, what was asked for, and what lies beside it."""
    found = await perform(situation_of, call_of(request), version_at(namespace, model, label))
    return shapes.Situation(
        version=found.version.reference,
        policy=found.policy,
        before=found.before,
        after=found.after,
        production=found.production,
        ways=[_way(one) for one in found.ways],
        quarantines=[recall.of(one) for one in found.quarantines],
        overrides=[promotions.of(one) for one in found.overrides],
        promotions=[present.promotion(one) for one in found.promotions],
        evidence=dict(found.evidence),
        protected=list(found.protected),
        holding=found.holding,
    )


def _way(one: Way) -> shapes.Way:
    lacks = None if one.lacks is None else one.lacks.value
    return shapes.Way(one.target, list(one.gates), one.approvals, one.automatic, lacks, one.waiting)


routes = [situation]
