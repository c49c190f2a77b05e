"""What was measured of versions? Metrics, parameters and formats of a page of them, and one metric along a model.

Each is one statement whose cost depends on what is shown alone: a value is looked up by its key, versions are walked by
number, and of a version with thousands of metrics or files the first are looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from msgspec.json import decode

from holotype.catalogue.tables import files, metrics, parameters, versions
from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.db.types import bound_list, in_list, json_list
from holotype.domain import times
from holotype.domain.columns import Column
from holotype.domain.compare import direction_of

_NEWEST, _MOST_NAMES, _MOST_FILES = 5, 300, 200
_LARGEST = 2**31 - 1
_IN_MODEL = (versions.c.model_id == sa.bindparam("model_id"), versions.c.deleted_at.is_(None))


@dataclass(frozen=True, slots=True)
class Point:
    """A version of a series, where it is now, and the value that it has."""

    version_id: int
    number: int
    value: float
    stage: str
    created_at: datetime
    quarantined_at: datetime | None = None


def _known() -> sa.CompoundSelect[Any]:
    newest = sa.select(versions.c.id).where(*_IN_MODEL).order_by(versions.c.number.desc()).limit(_NEWEST)
    rows = []
    for kind, table in (("metric", metrics), ("param", parameters)):
        measured = table is metrics
        dataset, part = (metrics.c.dataset, metrics.c.slice) if measured else (sa.literal(""), sa.literal(""))
        columns = (sa.literal(kind).label("kind"), table.c.name, dataset.label("dataset"), part.label("part"))
        found = sa.select(*columns, table.c.version_id).where(table.c.version_id.in_(newest))
        some = found.order_by(table.c.version_id.desc(), table.c.name).limit(_MOST_NAMES).subquery()
        rows.append(sa.select(some))
    return sa.union_all(*rows)


_DIRECTION = Prepared(
    sa.select(metrics.c.direction)
    .where(
        metrics.c.version_id == sa.bindparam("version_id"),
        metrics.c.name == sa.bindparam("name"),
        metrics.c.direction.is_not(None),
    )
    .limit(1)
)
_KNOWN = Prepared(_known())
_ROWS = versions.alias("shown")


def known(tx: Tx, model_id: int) -> list[list[Column]]:
    """Return what the newest versions of a model have: the metrics and parameters of each, the newest version first."""
    found: dict[int, list[Column]] = {}
    for row in _KNOWN(tx, {"model_id": model_id}):
        column = Column(row.kind, row.name, row.dataset or None, row.part or None)
        found.setdefault(row.version_id, []).append(column)
    return [found[one] for one in sorted(found, reverse=True)]


def values(tx: Tx, ids: Collection[int], columns: Sequence[Column]) -> dict[int, tuple[float | int | str | None, ...]]:
    """Return the value of each column of some versions; none where a version has none."""
    if not columns:
        return dict.fromkeys(ids, ())
    statement = _values(tuple(_shape(column) for column in columns))
    rows = statement(tx, {"ids": bound_list(list(ids)), **_bound(columns)})
    return {row.id: tuple(_value(row, i) for i in range(len(columns))) for row in rows}


_Shape = tuple[str, bool, bool]
"""What decides the SQL of a column: its kind, whether it is of one data set, whether of one slice."""


def _shape(column: Column) -> _Shape:
    return column.kind, column.dataset is not None, column.slice is not None


def _bound(columns: Sequence[Column]) -> dict[str, str]:
    parts = ("name", "dataset", "slice")
    every = {f"{part}{i}": getattr(column, part) for i, column in enumerate(columns) for part in parts}
    return {name: text for name, text in every.items() if text is not None}


@lru_cache(maxsize=256)
def _values(shapes: tuple[_Shape, ...]) -> Prepared:
    each = [(i, name, cell) for i, shape in enumerate(shapes) for name, cell in _cells(shape, i, _ROWS.c.id).items()]
    cells = [cell.label(f"{name}{i}") for i, name, cell in each]
    return Prepared(sa.select(_ROWS.c.id, *cells).where(in_list(_ROWS.c.id, "ids")))


def _cells(shape: _Shape, place: int, version_id: sa.ColumnElement[int]) -> dict[str, sa.ScalarSelect[Any]]:
    """Return the parts of a value."""
    if shape[0] == "metric":
        return {"value": _metric(shape, place, version_id)}
    where = (parameters.c.version_id == version_id, parameters.c.name == sa.bindparam(f"name{place}"))
    return {
        "value": sa.select(parameters.c.number).where(*where).scalar_subquery(),
        "text": sa.select(parameters.c.text).where(*where).scalar_subquery(),
    }


def _metric(shape: _Shape, place: int, version_id: sa.ColumnElement[int]) -> sa.ScalarSelect[Any]:
    """Return a value of a metric. What is on no data set comes before what is, the whole before its slices."""
    where = [metrics.c.version_id == version_id, metrics.c.name == sa.bindparam(f"name{place}")]
    where += [metrics.c.dataset == sa.bindparam(f"dataset{place}")] if shape[1] else []
    where += [metrics.c.slice == sa.bindparam(f"slice{place}")] if shape[2] else []
    chosen = sa.select(metrics.c.value).where(*where).order_by(metrics.c.dataset, metrics.c.slice)
    return chosen.limit(sa.literal_column("1")).scalar_subquery()


def _value(row: Any, place: int) -> float | int | str | None:
    number, text = getattr(row, f"value{place}"), getattr(row, f"text{place}", None)
    if text is None:
        return None if number is None else float(number)
    if number is None or not text.lstrip("-").isdigit():
        return str(text) if number is None else float(number)
    return int(text[:_DIGITS]) if len(text) < _DIGITS else str(text)


_DIGITS = 17
"""An integer of fewer digits is the same number to whoever reads JSON."""


def _formats() -> sa.Select[Any]:
    first = sa.select(files.c.format, files.c.role).where(files.c.version_id == _ROWS.c.id).order_by(files.c.path)
    some = first.limit(sa.literal_column(str(_MOST_FILES))).correlate(_ROWS).subquery("some")
    kinds = sa.select(some.c.format).where(some.c.role == "weight", some.c.format.is_not(None)).distinct()
    gathered = kinds.correlate(_ROWS).subquery("kinds")
    listed = sa.select(json_list(gathered.c.format)).correlate(_ROWS).scalar_subquery()
    return sa.select(_ROWS.c.id, listed.label("formats")).where(in_list(_ROWS.c.id, "ids"))


_FORMATS = Prepared(_formats())


def formats(tx: Tx, ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Return in which formats the weights of versions are."""
    rows = _FORMATS(tx, {"ids": bound_list(list(ids))})
    return {row.id: tuple(sorted(decode(row.formats))) if row.formats else () for row in rows}


def series(tx: Tx, model_id: int, column: Column, *, before: int | None, limit: int) -> tuple[list[Point], int | None]:
    """Return the values of a metric among ``limit`` versions with numbers under ``before``, the newest first.

    Beside them stands the number under which the next page begins, if there may be one.
    """
    under = _LARGEST if before is None else min(before, _LARGEST)
    given = {"model_id": model_id, "before": under, "limit": limit, **_bound([column])}
    rows = _series(_shape(column))(tx, given)
    points = [_point(row) for row in rows if row.value is not None]
    return points, int(rows[-1].number) if len(rows) == limit else None


@lru_cache(maxsize=8)
def _series(shape: _Shape) -> Prepared:
    chosen = (versions.c.id, versions.c.number, versions.c.stage, versions.c.created_at, versions.c.quarantined_at)
    walked = sa.select(*chosen, _metric(shape, 0, versions.c.id).label("value"))
    walked = walked.where(*_IN_MODEL, versions.c.number < sa.bindparam("before", type_=sa.BigInteger))
    return Prepared(walked.order_by(versions.c.number.desc()).limit(sa.bindparam("limit")))


def direction(tx: Tx, version_id: int | None, name: str) -> str | None:
    """Return which way a metric is better: as somebody said of a version, else as its name is known."""
    row = None if version_id is None else _DIRECTION.one(tx, {"version_id": version_id, "name": name})
    return str(row.direction) if row is not None else direction_of(name)


def _point(row: Any) -> Point:
    held = None if row.quarantined_at is None else times.from_micros(row.quarantined_at)
    return Point(int(row.id), int(row.number), float(row.value), row.stage, times.from_micros(row.created_at), held)
