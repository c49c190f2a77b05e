"""What does a run that was logged here look like on the wire?"""

from __future__ import annotations

import math
from datetime import datetime

from holotype.domain.runs import Measured
from holotype.domain.runs import TrackedRun as Run
from holotype.wire.base import Response


class TrackedMetric(Response, omit_defaults=True):
    """The last value of a metric; one that is no number of JSON is the text NaN, Infinity or -Infinity."""

    name: str
    value: float | str
    step: int = 0
    at: datetime | None = None


class TrackedData(Response, omit_defaults=True):
    """A data set that went into a run, and what for; ``kind`` is the tracker's word for where it lies."""

    name: str
    digest: str
    kind: str = ""
    context: str = ""


class TrackedRun(Response, omit_defaults=True):
    """A run as it is now: it may go on after the version was registered, whose provenance never changes.

    ``user`` is whom the training script named, ``author`` the principal who logged it.
    """

    id: str
    name: str
    experiment: str
    status: str
    user: str
    author: str
    parameters: dict[str, str]
    metrics: list[TrackedMetric]
    tags: dict[str, str]
    data: list[TrackedData]
    started_at: datetime | None = None
    ended_at: datetime | None = None
    deleted_at: datetime | None = None
    logged_model: str | None = None


def of(run: Run, experiment: str, logged_model: str | None = None) -> TrackedRun:
    """Return the wire shape of a run, which shows its experiment by name."""
    return TrackedRun(
        id=run.id,
        name=run.name,
        experiment=experiment,
        status=run.status,
        user=run.user,
        author=run.author,
        parameters=run.parameters,
        metrics=[_metric(one) for one in run.metrics],
        tags=run.tags,
        data=[TrackedData(one.name, one.digest, one.kind, one.context) for one in run.inputs],
        started_at=run.started_at,
        ended_at=run.ended_at,
        deleted_at=run.deleted_at,
        logged_model=logged_model,
    )


def _metric(one: Measured) -> TrackedMetric:
    value: float | str = one.value
    if math.isnan(one.value):
        value = "NaN"
    elif math.isinf(one.value):
        value = "Infinity" if one.value > 0 else "-Infinity"
    return TrackedMetric(one.name, value, one.step, one.at)
