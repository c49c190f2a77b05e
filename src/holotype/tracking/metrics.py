"""Which values did the metrics of a run take? All of them are kept; the last one of each lies beside, to be quick.

The last is the one with the greatest step, then moment, then value. A NaN is kept as 0 and a mark, for it is neither
greater nor less than anything, and SQLite takes it for NULL.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.db.rows import Rows
from holotype.db.types import bound_list, in_list
from holotype.domain import times
from holotype.domain.runs import Measured
from holotype.tracking.tables import latest_metrics, measurements

_PLACE = ["namespace_id", "owner", "key", "dataset", "dataset_digest", "run_id"]
_VALUE = ["step", "at", "value", "is_nan"]
_LATEST = Prepared(
    sa.select(*[column for column in latest_metrics.c if column.name != "namespace_id"])
    .where(
        latest_metrics.c.namespace_id == sa.bindparam("namespace_id"),
        in_list(latest_metrics.c.owner, "owners"),
    )
    .order_by(*[latest_metrics.c[name] for name in _PLACE[1:]])
)
_history = (
    sa.select(*[measurements.c[name] for name in ("key", *_VALUE)])
    .where(
        measurements.c.namespace_id == sa.bindparam("namespace_id"),
        measurements.c.run_id == sa.bindparam("run_id"),
        measurements.c.key == sa.bindparam("key"),
        sa.tuple_(measurements.c.at, measurements.c.step, measurements.c.value, measurements.c.is_nan)
        > sa.tuple_(*[sa.bindparam(f"after_{name}") for name in ("at", "step", "value", "is_nan")]),
    )
    .order_by(measurements.c.at, measurements.c.step, measurements.c.value, measurements.c.is_nan)
    .limit(sa.bindparam("limit"))
)
_HISTORY = Prepared(_history)


def _advanced(insert: Any) -> Any:
    new, old = insert.excluded, latest_metrics.c
    return insert.on_conflict_do_update(
        index_elements=_PLACE,
        set_={name: new[name] for name in _VALUE},
        where=sa.tuple_(new.step, new.at, new.value) > sa.tuple_(old.step, old.at, old.value),
    )


_ADVANCE = Rows(latest_metrics, [*_PLACE, *_VALUE], _advanced)
_KEEP = Rows(measurements, [column.name for column in measurements.c], lambda insert: insert.on_conflict_do_nothing())
Place = tuple[int, int, float, int]
START: Place = (-(2**62), -(2**62), -math.inf, 0)


def log(tx: Tx, namespace_id: int, run_id: str, given: Sequence[tuple[Measured, str | None]]) -> None:
    """Keep measurements of a run; those with the id of a logged model are the model's too."""
    rows = [_row(namespace_id, one) for one, _ in given]
    _KEEP(tx, [{"run_id": run_id, **row} for row in rows])
    latest: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row, (one, model_id) in zip(rows, given, strict=True):
        _advance(latest, row | {"owner": run_id, "dataset": "", "dataset_digest": "", "run_id": ""})
        if model_id:
            place = {"dataset": one.dataset or "", "dataset_digest": one.dataset_digest or "", "run_id": run_id}
            _advance(latest, row | {"owner": model_id, **place})
    _ADVANCE(tx, list(latest.values()))


def latest(tx: Tx, namespace_id: int, owners: Collection[str]) -> dict[str, list[Measured]]:
    """Return the last values of the metrics of some runs or logged models, by owner."""
    found: dict[str, list[Measured]] = defaultdict(list)
    if owners:
        for row in _LATEST(tx, {"namespace_id": namespace_id, "owners": bound_list(owners)}):
            where = (row.dataset or None, row.dataset_digest or None, row.run_id or None)
            found[row.owner].append(_entity(row, *where))
    return found


def history(
    tx: Tx, namespace_id: int, run_id: str, key: str, *, after: Place, limit: int
) -> tuple[list[Measured], Place | None]:
    """Return a page of the values of a metric, the earliest first, and behind which place the next page begins."""
    bound = dict(zip(("after_at", "after_step", "after_value", "after_is_nan"), after, strict=True))
    rows = _HISTORY(tx, {"namespace_id": namespace_id, "run_id": run_id, "key": key, "limit": limit + 1, **bound})
    page = rows[:limit]
    last = page[-1] if len(rows) > limit else None
    return [_entity(row) for row in page], last and (last.at, last.step, last.value, last.is_nan)


def _row(namespace_id: int, one: Measured) -> dict[str, Any]:
    is_nan = math.isnan(one.value)
    moment = 0 if one.at is None else times.to_micros(one.at)
    value = 0.0 if is_nan else one.value
    return {
        "namespace_id": namespace_id,
        "key": one.name,
        "at": moment,
        "step": one.step,
        "value": value,
        "is_nan": int(is_nan),
    }


def _advance(latest: dict[tuple[Any, ...], dict[str, Any]], row: dict[str, Any]) -> None:
    place = tuple(row[name] for name in _PLACE)
    known = latest.get(place)
    if known is None or _rank(row) > _rank(known):
        latest[place] = row


def _rank(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["step"], row["at"], row["value"]


def _entity(row: Any, dataset: str | None = None, digest: str | None = None, run_id: str | None = None) -> Measured:
    value = math.nan if row.is_nan else row.value
    return Measured(row.key, value, row.step, times.from_micros(row.at), dataset, digest, run_id)
