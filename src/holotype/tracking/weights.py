"""How much hangs on some runs, logged models or experiments? The database counts it before any of it is read."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.db.types import bound_list, in_list
from holotype.errors import TooLarge
from holotype.tracking.tables import latest_metrics, run_inputs, tracked_params, tracked_tags

LARGEST_PAGE, LARGEST_OWNER = 32 * 2**20, 64 * 2**20
"""Characters that a page of a search may hold where it holds more than one item, and that may hang on one owner."""
_METRIC = 100
"""What a metric weighs beside its name."""


def _weighing() -> Prepared:
    inputs, metrics = run_inputs.c, latest_metrics.c
    texts = (inputs.source, inputs.schema, inputs.profile, inputs.tags)
    lengths = [sa.func.length(column) for column in texts]
    each = [
        *[_of(table, table.c.owner, sa.func.length(table.c.value)) for table in (tracked_tags, tracked_params)],
        _of(latest_metrics, metrics.owner, sa.func.length(metrics.key) + sa.literal_column(str(_METRIC))),
        _of(run_inputs, inputs.run_id, lengths[0] + lengths[1] + lengths[2] + lengths[3]),
    ]
    all_of = sa.union_all(*each).subquery()
    return Prepared(sa.select(all_of.c.owner, sa.func.sum(all_of.c.weight).label("weight")).group_by(all_of.c.owner))


def _of(table: sa.Table, owner: sa.ColumnElement[str], weight: sa.ColumnElement[int]) -> sa.Select[str, int]:
    found = sa.select(owner.label("owner"), weight.label("weight"))
    return found.where(table.c.namespace_id == sa.bindparam("namespace_id"), in_list(owner, "owners"))


_WEIGHTS = _weighing()


def first(tx: Tx, namespace_id: int, owners: Sequence[str]) -> Sequence[str]:
    """Return as many of some owners, from the first one on, as fit on a page together."""
    if len(owners) < 2:
        return owners
    found = _read(tx, namespace_id, owners)
    total = 0
    for at, owner in enumerate(owners):
        total += found.get(owner, 0)
        if total > LARGEST_PAGE:
            return owners[: max(at, 1)]
    return owners


def check(tx: Tx, namespace_id: int, owner: str) -> None:
    """Raise ``TooLarge`` where more hangs on an owner than anybody could read; called after writing, before the end."""
    if _read(tx, namespace_id, [owner]).get(owner, 0) > LARGEST_OWNER:
        raise TooLarge(
            f"More than {LARGEST_OWNER:,} characters of tags, parameters and data sets would hang on {owner}.",
            hint="Log long texts as artifacts.",
        )


def _read(tx: Tx, namespace_id: int, owners: Sequence[str]) -> dict[str, int]:
    rows = _WEIGHTS(tx, {"namespace_id": namespace_id, "owners": bound_list(owners)})
    return {row.owner: int(row.weight) for row in rows}
