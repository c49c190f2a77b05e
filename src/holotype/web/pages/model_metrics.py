"""How did a metric go from version to version? A plot, and the same numbers as a table."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from holotype.domain import columns
from holotype.domain.columns import Column
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import HolotypeError
from holotype.gateways.native.addresses import before, model_at
from holotype.operations.call import Call
from holotype.operations.metric_series import Series, known_metrics, metric_series
from holotype.web import places
from holotype.web.base import Data, Page, Visit, page
from holotype.web.heads import part

_PAGE = 200


@page("/models/{namespace:str}/{model:str}/metrics", permission=Permission.MODEL_READ)
def metrics(request: Visit, namespace: str, model: str, *, metric: str = "", cursor: str | None = None) -> Page:
    """Show a metric along the versions of a model."""

    def make(where: Reference, _: str) -> Page:
        known = known_metrics(request.call, where)
        found, why = None, None
        try:
            wanted = columns.metric(metric) if metric else next(iter(columns.usual([known])), None)
            found = None if wanted is None else _series(request.call, where, wanted, cursor)
        except HolotypeError as error:
            why = error
        about: dict[str, Any] = {"measured": known, "series": found, "why": why, "best": _best(found)}
        about["wanted"] = found.metric.label if found is not None else metric
        about["data"] = _data(where, found.metric, cursor) if found is not None else ""
        return Page("model_metrics.html", about, status=200 if why is None else 400)

    return part(request, namespace, model, "metrics", make)


@page("/models/{namespace:str}/{model:str}/metrics/series", permission=Permission.MODEL_READ)
def series(request: Visit, namespace: str, model: str, *, metric: str, cursor: str | None = None) -> Data:
    """Give the numbers of a plot, the oldest version first."""
    found = _series(request.call, model_at(namespace, model), columns.metric(metric), cursor)
    points = found.points[::-1]
    return Data(
        {
            "label": found.metric.label,
            "numbers": [one.number for one in points],
            "values": [one.value for one in points],
            "stages": [one.stage for one in points],
        }
    )


def _data(where: Reference, metric: Column, cursor: str | None) -> str:
    """Return the address of the numbers of a page."""
    asked = {"metric": metric.label} | ({"cursor": cursor} if cursor else {})
    return f"{places.model(where, 'metrics/series')}?{urlencode(asked)}"


def _series(call: Call, where: Reference, metric: Column, cursor: str | None) -> Series:
    return metric_series(call, where, metric, before=before(cursor), limit=_PAGE)


def _best(found: Series | None) -> float | None:
    """Return the best value of the page, where it is known which way is better and there is more than one."""
    values = {one.value for one in found.points} if found is not None else set()
    if found is None or found.direction is None or len(values) < 2:
        return None
    return max(values) if found.direction == "higher" else min(values)


routes = [metrics, series]
