"""What goes with a run or a logged model that was deleted long ago? Every row of it, the many in portions.

The run itself goes last, so that what a crash leaves is found again.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from holotype.db import Tx
from holotype.domain import times
from holotype.tracking.tables import (
    artifact_files,
    latest_metrics,
    logged_models,
    measurements,
    run_inputs,
    run_models,
    runs,
    tracked_params,
    tracked_tags,
)

_OWNED = (
    tracked_tags.c.owner,
    tracked_params.c.owner,
    latest_metrics.c.owner,
    artifact_files.c.owner,
    run_inputs.c.run_id,
    run_models.c.run_id,
)
_KEY = list(measurements.primary_key.columns)


class Gone(NamedTuple):
    """A run or a logged model whose time is over."""

    namespace_id: int
    id: str


def expired(tx: Tx, cutoff: datetime, limit: int) -> list[Gone]:
    """Return runs and logged models that were deleted before a moment."""
    moment = times.to_micros(cutoff)
    each = [
        sa.select(table.c.namespace_id, table.c.id).where(table.c.deleted_at < moment)
        for table in (runs, logged_models)
    ]
    return [Gone(row.namespace_id, row.id) for row in tx.execute(sa.union_all(*each).limit(limit))]


def forget(tx: Tx, gone: Gone, portion: int) -> bool:
    """Remove a portion of what is kept of a run or a logged model, and say whether that was all."""
    ours = measurements.c.namespace_id == gone.namespace_id, measurements.c.run_id == gone.id
    some = sa.select(*_KEY).where(*ours).limit(portion)
    if tx.execute(measurements.delete().where(sa.tuple_(*_KEY).in_(some))).rowcount == portion:
        return False
    for owner in _OWNED:
        tx.execute(sa.delete(owner.table).where(owner.table.c.namespace_id == gone.namespace_id, owner == gone.id))
    for table in (runs, logged_models):
        tx.execute(table.delete().where(table.c.namespace_id == gone.namespace_id, table.c.id == gone.id))
    return True
