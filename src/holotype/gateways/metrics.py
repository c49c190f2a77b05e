"""How much does the server do, and how fast? Counted for Prometheus, at /metrics.

    holotype_requests_total{method, route, status}     answers
    holotype_request_seconds{method, route}            time to answer, as a histogram

Labels are route templates and known methods, never paths or names: their number does not grow with use. With several
server processes each writes to files in a folder of the server's, and whichever is asked adds them up.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from litestar.handlers import HTTPRouteHandler

from holotype.gateways.base import PUBLIC, Reply, Request, get
from holotype.gateways.exchange import Exchange

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60)
_TEXT = "text/plain; version=0.0.4; charset=utf-8"

Children = tuple[Callable[[], None], Callable[[float], None]]


class Metrics:
    """The counters of one application."""

    def __init__(self) -> None:
        """Make the counters. The library decides at its import whether several processes are counted together."""
        import prometheus_client  # noqa: PLC0415 - see above

        prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]
        self._library = prometheus_client
        self._own = prometheus_client.CollectorRegistry()
        labels = ("method", "route")
        self._requests = prometheus_client.Counter(
            "holotype_requests", "Answered requests.", (*labels, "status"), registry=self._own
        )
        self._seconds = prometheus_client.Histogram(
            "holotype_request_seconds", "Time to answer.", labels, registry=self._own, buckets=_BUCKETS
        )
        if FOLDER_VARIABLE not in os.environ:
            prometheus_client.ProcessCollector(registry=self._own)
        self._known: dict[tuple[str, str, int], Children] = {}

    def count(self, known: Exchange, method: str, _path: str, status: int, seconds: float) -> None:
        """Count one answer."""
        key = (method, known.template, status)
        children = self._known.get(key) or self._children(key)
        children[0]()
        if not known.lasting:  # how long somebody listened says nothing of how fast we are
            children[1](seconds)

    def text(self) -> bytes:
        """Return what Prometheus reads."""
        if FOLDER_VARIABLE not in os.environ:
            return self._library.generate_latest(self._own)
        from prometheus_client import multiprocess  # noqa: PLC0415 - only for several processes

        together = self._library.CollectorRegistry()
        multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return self._library.generate_latest(together)

    def _children(self, key: tuple[str, str, int]) -> Children:
        method, template, status = key
        labels: tuple[Any, ...] = (method if method in _METHODS else "other", template or "none")
        made = (self._requests.labels(*labels, str(status)).inc, self._seconds.labels(*labels).observe)
        if len(self._known) < 4_096:
            self._known[key] = made
        return made


def route(metrics: Metrics) -> HTTPRouteHandler:
    """Return the route that shows the counters."""

    @get("/metrics", permission=PUBLIC, response_type="text/plain")
    async def shown(request: Request) -> Reply[bytes]:  # noqa: ARG001 - every route takes the request
        """Show the counters of the server for Prometheus."""
        return Reply(metrics.text(), media_type=_TEXT)

    return shown
