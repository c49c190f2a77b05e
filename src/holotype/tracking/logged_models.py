"""Which models did runs log, registered or not?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.db.types import bound_list, in_list
from holotype.domain import times
from holotype.domain.runs import LoggedModel
from holotype.tracking import attached, metrics
from holotype.tracking.tables import logged_models

_COLUMNS = [column for column in logged_models.c if column.name != "namespace_id"]
_BY_IDS = Prepared(
    sa.select(*_COLUMNS).where(
        logged_models.c.namespace_id == sa.bindparam("namespace_id"), in_list(logged_models.c.id, "ids")
    )
)
_CREATE = Prepared(logged_models.insert(), [column.name for column in logged_models.c])


def get(tx: Tx, namespace_id: int, model_id: str) -> LoggedModel | None:
    """Return a logged model with all that hangs on it, a deleted one too; nothing where there is none."""
    found = by_ids(tx, namespace_id, [model_id])
    return found[0] if found else None


def by_ids(tx: Tx, namespace_id: int, ids: Sequence[str]) -> list[LoggedModel]:
    """Return logged models with all that hangs on them, in the order of the ids."""
    rows = {row.id: row for row in _BY_IDS(tx, {"namespace_id": namespace_id, "ids": bound_list(ids)})}
    there = [one for one in ids if one in rows]
    if not there:
        return []
    tags, parameters = attached.tags(tx, namespace_id, there), attached.parameters(tx, namespace_id, there)
    measured = metrics.latest(tx, namespace_id, there)
    return [
        _entity(
            rows[one],
            tags=tags.get(one, {}),
            parameters=parameters.get(one, {}),
            metrics=tuple(measured.get(one, ())),
        )
        for one in there
    ]


def create(tx: Tx, namespace_id: int, model: LoggedModel) -> None:
    """Insert a logged model with its parameters and tags; the caller made its id."""
    values = {
        "namespace_id": namespace_id,
        "id": model.id,
        "experiment": int(model.experiment),
        "name": model.name,
        "run_id": model.run_id,
        "status": model.status,
        "model_type": model.model_type,
        "author": model.author,
        "created_at": times.to_micros(model.created_at),
        "changed_at": times.to_micros(model.changed_at),
        "deleted_at": None,
    }
    _CREATE(tx, values)
    attached.set_parameters(tx, namespace_id, model.id, model.parameters)
    attached.set_tags(tx, namespace_id, model.id, model.tags)


def change(tx: Tx, namespace_id: int, model_id: str, now: datetime, **values: Any) -> None:
    """Set columns of a logged model (``status``, ``deleted_at``) and its time of change."""
    plain = {name: times.to_micros(one) if isinstance(one, datetime) else one for name, one in values.items()}
    tx.execute(
        logged_models.update()
        .where(logged_models.c.namespace_id == namespace_id, logged_models.c.id == model_id)
        .values(plain | {"changed_at": times.to_micros(now)})
    )


def _entity(row: Any, **hanging: Any) -> LoggedModel:
    return LoggedModel(
        id=row.id,
        experiment=str(row.experiment),
        name=row.name,
        run_id=row.run_id,
        status=row.status,
        model_type=row.model_type,
        author=row.author,
        created_at=times.from_micros(row.created_at),
        changed_at=times.from_micros(row.changed_at),
        deleted_at=None if row.deleted_at is None else times.from_micros(row.deleted_at),
        **hanging,
    )
