"""Which runs were logged here?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.db.types import bound_list, in_list
from holotype.domain import times
from holotype.domain.runs import TrackedRun
from holotype.tracking import attached, inputs, metrics
from holotype.tracking.tables import logged_models, runs

_COLUMNS = [column for column in runs.c if column.name != "namespace_id"]
_GET = Prepared(
    sa.select(*_COLUMNS).where(runs.c.namespace_id == sa.bindparam("namespace_id"), runs.c.id == sa.bindparam("run_id"))
)
_BY_IDS = Prepared(
    sa.select(*_COLUMNS).where(runs.c.namespace_id == sa.bindparam("namespace_id"), in_list(runs.c.id, "ids"))
)
_WRITTEN_BY = Prepared(
    sa.union_all(
        *[
            sa.select(table.c.author).where(
                table.c.namespace_id == sa.bindparam("namespace_id"),
                table.c.id == sa.bindparam("owner"),
                table.c.deleted_at.is_(None),
            )
            for table in (runs, logged_models)
        ]
    )
)
_CREATE = Prepared(runs.insert(), [column.name for column in runs.c])


def get(tx: Tx, namespace_id: int, run_id: str) -> TrackedRun | None:
    """Return a run with all that hangs on it, a deleted one too; nothing where there is none."""
    row = _GET.one(tx, {"namespace_id": namespace_id, "run_id": run_id})
    return None if row is None else _entity(row, **_hanging(tx, namespace_id, [run_id])[run_id])


def bare(tx: Tx, namespace_id: int, run_id: str) -> TrackedRun | None:
    """Return a run without what hangs on it: who logged it, where, and in which state it is."""
    row = _GET.one(tx, {"namespace_id": namespace_id, "run_id": run_id})
    return None if row is None else _entity(row)


def written_by(tx: Tx, namespace_id: int, owner: str) -> str | None:
    """Return the principal who logged a run or a logged model that was not deleted; nothing where there is none."""
    found = _WRITTEN_BY.one(tx, {"namespace_id": namespace_id, "owner": owner})
    return None if found is None else str(found.author)


def by_ids(tx: Tx, namespace_id: int, ids: Sequence[str]) -> list[TrackedRun]:
    """Return runs with all that hangs on them, in the order of the ids."""
    rows = {row.id: row for row in _BY_IDS(tx, {"namespace_id": namespace_id, "ids": bound_list(ids)})}
    there = [one for one in ids if one in rows]
    hanging = _hanging(tx, namespace_id, there)
    return [_entity(rows[one], **hanging[one]) for one in there]


def create(tx: Tx, namespace_id: int, run: TrackedRun) -> None:
    """Insert a run with its tags; the caller made its id."""
    values = {
        "namespace_id": namespace_id,
        "id": run.id,
        "experiment": int(run.experiment),
        "name": run.name,
        "status": run.status,
        "ran_by": run.user,
        "author": run.author,
        "started_at": 0 if run.started_at is None else times.to_micros(run.started_at),
        "ended_at": None,
        "deleted_at": None,
    }
    _CREATE(tx, values)
    attached.set_tags(tx, namespace_id, run.id, run.tags)


def change(tx: Tx, namespace_id: int, run_id: str, **values: Any) -> None:
    """Set columns of a run: ``name``, ``status``, ``ended_at``, ``deleted_at``."""
    plain = {name: times.to_micros(one) if isinstance(one, datetime) else one for name, one in values.items()}
    tx.execute(runs.update().where(runs.c.namespace_id == namespace_id, runs.c.id == run_id).values(plain))


def _hanging(tx: Tx, namespace_id: int, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    if not ids:
        return {}
    tags, parameters = attached.tags(tx, namespace_id, ids), attached.parameters(tx, namespace_id, ids)
    measured, data = metrics.latest(tx, namespace_id, ids), inputs.of_runs(tx, namespace_id, ids)
    used, made = inputs.models_of_runs(tx, namespace_id, ids)
    return {
        one: {
            "tags": tags.get(one, {}),
            "parameters": parameters.get(one, {}),
            "metrics": tuple(measured.get(one, ())),
            "inputs": tuple(data.get(one, ())),
            "models_in": tuple(model for model, _ in used.get(one, ())),
            "models_out": tuple(made.get(one, ())),
        }
        for one in ids
    }


def _entity(row: Any, **hanging: Any) -> TrackedRun:
    return TrackedRun(
        id=row.id,
        experiment=str(row.experiment),
        name=row.name,
        status=row.status,
        user=row.ran_by,
        author=row.author,
        started_at=times.from_micros(row.started_at),
        ended_at=None if row.ended_at is None else times.from_micros(row.ended_at),
        deleted_at=None if row.deleted_at is None else times.from_micros(row.deleted_at),
        **hanging,
    )
