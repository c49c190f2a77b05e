"""How did a metric go along the versions of a model? Its values, the newest versions first, a bounded number a page."""

from __future__ import annotations

from dataclasses import dataclass

from holotype.access import rules
from holotype.catalogue import measures, models
from holotype.catalogue.measures import Point
from holotype.domain.columns import Column
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import Invalid
from holotype.operations.call import Call

LARGEST = 1_000


@dataclass(frozen=True, slots=True)
class Series:
    """The versions of a page that have the metric, which way it is better, and the number under which the next begins.

    A page looks at a bounded number of versions, so one with few points, or none, may still have a next.
    """

    metric: Column
    direction: str | None
    points: tuple[Point, ...]
    next: int | None


def metric_series(
    call: Call, model: Reference, metric: Column, *, before: int | None = None, limit: int = LARGEST
) -> Series:
    """Return the values of a metric among up to ``limit`` versions with numbers under ``before``."""
    rules.require(call.actor, Permission.MODEL_READ, namespace=model.namespace, model=model.model)
    if metric.kind != "metric":
        raise Invalid(f"{metric} is a parameter, not a metric.", hint="Give the name of a metric.")
    if not 1 <= limit <= LARGEST:
        raise Invalid(f"A page looks at 1 to {LARGEST:,} versions, not {limit}.", hint="Follow `next` for more.")
    with call.read() as tx:
        found = models.get(tx, model.namespace, model.model)
        points, following = measures.series(tx, found.id, metric, before=before, limit=limit)
        newest = points[0].version_id if points else None
        direction = measures.direction(tx, newest, metric.name)
    return Series(metric, direction, tuple(points), following)


def known_metrics(call: Call, model: Reference) -> list[Column]:
    """Return the metrics that the newest versions of a model have, by name."""
    rules.require(call.actor, Permission.MODEL_READ, namespace=model.namespace, model=model.model)
    with call.read() as tx:
        known = measures.known(tx, models.get(tx, model.namespace, model.model).id)
    return sorted({column for each in known for column in each if column.kind == "metric"}, key=str)
