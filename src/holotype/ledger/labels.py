"""Which version did a stage or an alias name, and when?

A span says that a label named a version from one entry of the ledger until another. Spans are kept for stages and for
aliases.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.domain import times
from holotype.domain.events import Action
from holotype.ledger.tables import label_spans, ledger_entries

_OF_LABEL = (label_spans.c.model_id == sa.bindparam("of_model"), label_spans.c.label == sa.bindparam("of_label"))

_SPAN = ("model_id", "label", "version_id", "since_sequence", "until_sequence")
_ENTER = Prepared(label_spans.insert().inline(), _SPAN)
_LEAVE = (
    label_spans.update()
    .where(*_OF_LABEL, label_spans.c.version_id == sa.bindparam("of_version"), label_spans.c.until_sequence.is_(None))
    .values(until_sequence=sa.bindparam("sequence"))
)
_LAST_BEFORE = (
    sa.select(ledger_entries.c.sequence)
    .where(ledger_entries.c.time <= sa.bindparam("moment"))
    .order_by(ledger_entries.c.time.desc(), ledger_entries.c.sequence.desc())
    .limit(1)
)
_AT = (
    sa.select(label_spans.c.version_id)
    .where(
        *_OF_LABEL,
        label_spans.c.since_sequence <= sa.bindparam("sequence"),
        label_spans.c.until_sequence.is_(None) | (label_spans.c.until_sequence > sa.bindparam("sequence")),
    )
    .order_by(label_spans.c.since_sequence.desc())
    .limit(sa.bindparam("limit"))
)
_FORMER = (
    sa.select(label_spans.c.version_id, (ledger_entries.c.action == Action.VERSION_ROLLED_BACK).label("back"))
    .join_from(label_spans, ledger_entries, ledger_entries.c.sequence == label_spans.c.since_sequence)
    .where(*_OF_LABEL)
    .order_by(label_spans.c.since_sequence.desc())
    .limit(sa.bindparam("limit"))
)
_FORMER_LIMIT = 200


def enter(tx: Tx, *, model_id: int, label: str, version_id: int, sequence: int, now: datetime) -> None:
    """Record that a label names a version from this entry on."""
    del now  # the entry has the time
    row = {"model_id": model_id, "label": label, "version_id": version_id, "since_sequence": sequence}
    _ENTER(tx, row | {"until_sequence": None})


def leave(tx: Tx, *, model_id: int, label: str, version_id: int, sequence: int, now: datetime) -> None:
    """Record that a label stops naming a version with this entry."""
    del now  # the entry has the time
    span = {"of_model": model_id, "of_label": label, "of_version": version_id}
    tx.execute(_LEAVE, span | {"sequence": sequence})


def at(tx: Tx, *, model_id: int, label: str, moment: datetime, limit: int = 100) -> list[int]:
    """Return the ids of the versions that a label named at a moment, the last to come first."""
    sequence = tx.execute(_LAST_BEFORE, {"moment": times.to_micros(moment)}).scalar_one_or_none()
    if sequence is None:
        return []
    named = {"of_model": model_id, "of_label": label, "sequence": sequence, "limit": limit}
    return list(tx.execute(_AT, named).scalars())


def previous(tx: Tx, *, model_id: int, label: str, version_id: int | None) -> list[int]:
    """Return the ids of the versions that held a label before ``version_id`` does, the latest first.

    Holders are a stack: a move puts one on top, a roll-back takes away what lies above the version it went back to,
    so that rolling back again goes further back. Only the last 200 spans are looked at, so the cost does not grow
    with the history.
    """
    rows = tx.execute(_FORMER, {"of_model": model_id, "of_label": label, "limit": _FORMER_LIMIT}).all()
    stack: list[int] = []
    for holder, back in reversed(rows):
        if back and holder in stack:
            del stack[stack.index(holder) :]
        elif holder in stack:
            stack.remove(holder)
        stack.append(holder)
    return [holder for holder in reversed(stack) if holder != version_id]
