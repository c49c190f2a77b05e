"""Who pulled a version, and when last?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from holotype.db import Tx
from holotype.db.types import bound_list, in_list
from holotype.domain import times
from holotype.domain.events import Action
from holotype.ledger.tables import ledger_entries

MOST = 1_000
_LAST = (
    sa.select(ledger_entries.c.actor, ledger_entries.c.version_id, sa.func.max(ledger_entries.c.time).label("last"))
    .where(in_list(ledger_entries.c.version_id, "ids"), ledger_entries.c.action == Action.VERSION_PULLED.value)
    .group_by(ledger_entries.c.actor, ledger_entries.c.version_id)
    .order_by(sa.func.max(ledger_entries.c.time).desc())
    .limit(MOST)
)


@dataclass(frozen=True, slots=True)
class Puller:
    """A principal that pulled a version, and when last."""

    principal: str
    version_id: int
    last: datetime


def pullers(tx: Tx, version_ids: Collection[int]) -> list[Puller]:
    """Return who pulled some versions, the latest first; at most 1,000."""
    rows = tx.execute(_LAST, {"ids": bound_list(list(version_ids))})
    return [Puller(row.actor, row.version_id, times.from_micros(row.last)) for row in rows]
