"""Which values did a metric of a run take?"""

from __future__ import annotations

from dataclasses import dataclass

from holotype.catalogue import namespaces
from holotype.domain import tracked as limits
from holotype.domain.runs import Measured
from holotype.operations import tracked
from holotype.operations.call import Call
from holotype.tracking import metrics


@dataclass(frozen=True, slots=True)
class History:
    """A page of values, the earliest first, and the place behind which the next page begins."""

    items: list[Measured]
    next: metrics.Place | None


def metric_history(
    call: Call, namespace: str, run_id: str, key: str, *, after: metrics.Place | None = None, limit: int
) -> History:
    """Return a page of the values that a metric took, in the order of their moments."""
    tracked.require_reader(call.actor, namespace)
    limits.key(key, "metric")
    with call.read() as tx:
        space = namespaces.get(tx, namespace)
        tracked.run_of(call, tx, space, run_id, active=False)
        return History(*metrics.history(tx, space.id, run_id, key, after=after or metrics.START, limit=limit))
