"""Under which names are runs gathered? Number 0, ``Default``, comes to be with its namespace."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.db.types import bound_list, in_list
from holotype.domain import times
from holotype.domain.runs import Experiment
from holotype.tracking import attached
from holotype.tracking.tables import experiments, logged_models, runs

DEFAULT, DEFAULT_NAME = "0", "Default"
_COLUMNS = [column for column in experiments.c if column.name != "namespace_id"]
_HERE = experiments.c.namespace_id == sa.bindparam("namespace_id")
_BY_IDS = Prepared(sa.select(*_COLUMNS).where(_HERE, in_list(experiments.c.id, "ids")))
_BY_NAME = Prepared(sa.select(experiments.c.id).where(_HERE, experiments.c.name == sa.bindparam("name")))
_NEXT = Prepared(sa.select((sa.func.coalesce(sa.func.max(experiments.c.id), -1) + 1).label("id")).where(_HERE))
_CREATE = Prepared(experiments.insert(), [column.name for column in experiments.c])


def get(tx: Tx, namespace_id: int, experiment_id: str) -> Experiment | None:
    """Return an experiment with its tags, a deleted one too; nothing where there is none."""
    found = by_ids(tx, namespace_id, [experiment_id])
    return found[0] if found else None


def by_name(tx: Tx, namespace_id: int, name: str) -> Experiment | None:
    """Return the experiment of a name, a deleted one too; nothing where there is none."""
    row = _BY_NAME.one(tx, {"namespace_id": namespace_id, "name": name})
    return None if row is None else get(tx, namespace_id, str(row.id))


def by_ids(tx: Tx, namespace_id: int, ids: Sequence[str]) -> list[Experiment]:
    """Return experiments with their tags, in the order of the ids."""
    numbers = [int(one) for one in ids if is_id(one)]
    rows = {str(row.id): row for row in _BY_IDS(tx, {"namespace_id": namespace_id, "ids": bound_list(numbers)})}
    there = [one for one in map(str, numbers) if one in rows]
    tags = attached.tags(tx, namespace_id, there)
    return [_entity(rows[one], tags.get(one, {})) for one in there]


def is_id(text: str) -> bool:
    """Say whether a text can be the number of an experiment."""
    return text.isascii() and text.isdigit() and len(text) <= 18


def create(tx: Tx, namespace_id: int, name: str, *, author: str, now: datetime) -> str:
    """Insert an experiment under the next number of its namespace and return that; the name is known to be free."""
    number = _NEXT.one(tx, {"namespace_id": namespace_id}).id
    moment = times.to_micros(now)
    values = {
        "namespace_id": namespace_id,
        "id": number,
        "name": name,
        "author": author,
        "created_at": moment,
        "changed_at": moment,
        "deleted_at": None,
    }
    _CREATE(tx, values)
    return str(number)


def change(tx: Tx, namespace_id: int, experiment_id: str, now: datetime, **values: Any) -> None:
    """Set columns of an experiment (``name``, ``deleted_at``) and its time of change."""
    plain = {name: times.to_micros(one) if isinstance(one, datetime) else one for name, one in values.items()}
    tx.execute(
        experiments.update()
        .where(experiments.c.namespace_id == namespace_id, experiments.c.id == int(experiment_id))
        .values(plain | {"changed_at": times.to_micros(now)})
    )


def change_members(
    tx: Tx, namespace_id: int, experiment_id: str, deleted_at: datetime | None, *, since: datetime
) -> None:
    """Delete or restore the runs and logged models of an experiment, as itself; what was deleted before stays so."""
    moment = None if deleted_at is None else times.to_micros(deleted_at)
    for table in (runs, logged_models):
        here = (table.c.namespace_id == namespace_id) & (table.c.experiment == int(experiment_id))
        when = table.c.deleted_at
        differs = when.is_(None) if moment is not None else when >= times.to_micros(since)
        tx.execute(table.update().where(here, differs).values(deleted_at=moment))


def _entity(row: Any, tags: dict[str, str]) -> Experiment:
    return Experiment(
        id=str(row.id),
        name=row.name,
        author=row.author,
        created_at=times.from_micros(row.created_at),
        changed_at=times.from_micros(row.changed_at),
        deleted_at=None if row.deleted_at is None else times.from_micros(row.deleted_at),
        tags=tags,
    )
