"""What does a tracking server's answer about a run say? Its JSON as a ``TrackedRun``, whatever else is in it.

An answer comes from somebody else's server: what does not fit is left out, and there is an end to how much there is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from holotype.domain.runs import Input, Measured, TrackedRun

_MOST = 10_000
_LATEST = 253_402_300_799_000  # the last second of the year 9999


def run_from(answer: Any) -> TrackedRun | None:
    """Return the run of an answer to ``runs/get``, or nothing where it holds none."""
    run = _table(answer, "run")
    info, data = _table(run, "info"), _table(run, "data")
    run_id = text(info, "run_id") or text(info, "run_uuid")
    if not run_id:
        return None
    return TrackedRun(
        run_id,
        text(info, "experiment_id"),
        name=text(info, "run_name"),
        status=text(info, "status") or "RUNNING",
        user=text(info, "user_id"),
        started_at=_moment(info.get("start_time")),
        ended_at=_moment(info.get("end_time")),
        parameters=_pairs(data, "params"),
        metrics=tuple(_metrics(data)),
        tags=_pairs(data, "tags"),
        inputs=tuple(_inputs(_table(run, "inputs"))),
    )


def text(table: Any, key: str) -> str:
    """Return a text of an answer, or an empty one where there is none."""
    value = table.get(key) if isinstance(table, dict) else None
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _table(value: Any, key: str) -> dict[str, Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _rows(table: dict[str, Any], key: str) -> Iterator[dict[str, Any]]:
    found = table.get(key)
    rows = found[:_MOST] if isinstance(found, list) else []
    return (row for row in rows if isinstance(row, dict))


def _pairs(table: dict[str, Any], key: str) -> dict[str, str]:
    return {row["key"]: text(row, "value") for row in _rows(table, key) if isinstance(row.get("key"), str)}


def _metrics(data: dict[str, Any]) -> Iterator[Measured]:
    for row in _rows(data, "metrics"):
        value = _number(row.get("value"))
        if value is not None and isinstance(row.get("key"), str):
            known = {key: text(row, key) or None for key in ("dataset_name", "dataset_digest")}
            yield Measured(
                row["key"],
                value,
                step=int(_number(row.get("step")) or 0),
                at=_moment(row.get("timestamp")),
                dataset=known["dataset_name"],
                dataset_digest=known["dataset_digest"],
            )


def _inputs(given: dict[str, Any]) -> Iterator[Input]:
    for row in _rows(given, "dataset_inputs"):
        found = _table(row, "dataset")
        if text(found, "name"):
            yield Input(
                text(found, "name"),
                text(found, "digest"),
                kind=text(found, "source_type"),
                source=text(found, "source"),
                schema=text(found, "schema"),
                profile=text(found, "profile"),
                context=_pairs(row, "tags").get("mlflow.data.context", "training"),
            )


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def _moment(value: Any) -> datetime | None:
    found = _number(value)
    if found is None or not 0 < found <= _LATEST:
        return None
    return datetime.fromtimestamp(found / 1_000, UTC)
