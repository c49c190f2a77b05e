"""What do a table of versions and a series of a metric look like on the wire? Columns are written as in a query."""

from __future__ import annotations

from datetime import datetime

from holotype.wire.base import Response
from holotype.wire.shapes import Version


class TableRow(Response):
    """A version with its value under each column that it has one for.

    ``formats`` are those of its weights. ``marks`` say what its evidence says: ``scan-clean``, ``scan-found`` or
    ``scan-unclear``, ``signed`` (by a key that the policy trusts), ``evaluated``, ``tested``.
    """

    version: Version
    values: dict[str, float | int | str]
    formats: list[str]
    marks: list[str]


class Table(Response):
    """A page of a model's versions under the columns that were chosen."""

    columns: list[str]
    items: list[TableRow]
    next: str | None = None


class Point(Response):
    """A version, its value of the metric, and where it is now."""

    number: int
    value: float
    stage: str
    created_at: datetime
    quarantined_at: datetime | None = None


class Series(Response):
    """A metric along the versions of a model, the newest first; ``direction`` is the one that is better, if known.

    A page looks at a bounded number of versions, so one with few points, or none, may still have a ``next``.
    """

    metric: str
    direction: str | None
    items: list[Point]
    next: str | None = None
