"""How does an event enter the ledger? In the transaction of its verb, all of a verb's events at once.

Three statements whatever the number of entries: lock and read the head, insert the entries, advance the head. Verbs
that share a transaction leave the head to each other.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.db.writing import left
from holotype.domain import merkle, times
from holotype.domain.entities import Actor
from holotype.domain.events import Action
from holotype.errors import Unavailable
from holotype.ledger.entry import NONCE_SIZE, canonical, canonical_data, salt_of
from holotype.ledger.tables import ledger_entries, ledger_head

HEAD_ID = 1
_LEFT = "head of the ledger"

_HEAD = Prepared(
    sa.select(ledger_head.c.size, ledger_head.c.edge, ledger_head.c.time)
    .where(ledger_head.c.id == HEAD_ID)
    .with_for_update()
)
_ADVANCE = Prepared(
    ledger_head.update()
    .where(ledger_head.c.id == HEAD_ID)
    .values(size=sa.bindparam("new_size"), edge=sa.bindparam("new_edge"), time=sa.bindparam("new_time"))
)
_INSERT = Prepared(ledger_entries.insert().inline(), [column.name for column in ledger_entries.c])


@dataclass(frozen=True, slots=True)
class Entry:
    """An event to append: what happened, to what, with which particulars. ``data`` holds JSON values only."""

    action: Action
    subject: str
    data: dict[str, object] = field(default_factory=dict)
    namespace_id: int | None = None
    model_id: int | None = None
    version_id: int | None = None


def append(tx: Tx, *, actor: Actor, now: datetime, entries: Sequence[Entry]) -> list[int]:
    """Append entries in their order and return their sequences.

    Their time is ``now``, or that of the entry before them where a clock ran backwards. Nobody else appends until
    this transaction ends.
    """
    if not entries:
        return []
    known = left(tx)
    tree, last = known.get(_LEFT) or _head(tx)
    micros = max(times.to_micros(now), last)
    rows: list[dict[str, Any]] = []
    for entry in entries:
        row, tree = _row(tree, entry, actor, micros)
        rows.append(row)
    _INSERT.many(tx, rows)
    _ADVANCE(tx, {"new_size": tree.size, "new_edge": merkle.pack(tree.edge), "new_time": micros})
    known[_LEFT] = (tree, micros)
    return [row["sequence"] for row in rows]


def _head(tx: Tx) -> tuple[merkle.Tree, int]:
    """Return the tree as it stands, and the time of its last entry."""
    head = _HEAD.one(tx, {})
    if head is None:
        raise Unavailable("The ledger has no head.", hint="Run `holotype admin migrate`, then `holotype admin doctor`.")
    return merkle.Tree(head.size, merkle.unpack(head.edge)), head.time


def _row(tree: merkle.Tree, entry: Entry, actor: Actor, micros: int) -> tuple[dict[str, Any], merkle.Tree]:
    sequence, data, nonce = tree.size + 1, canonical_data(entry.data), os.urandom(NONCE_SIZE)
    leaf = merkle.leaf_hash(
        canonical(
            sequence=sequence,
            micros=micros,
            actor=actor.name,
            action=entry.action.value,
            subject=entry.subject,
            data=data,
            salt=salt_of(nonce, entry.namespace_id, entry.model_id, entry.version_id),
            token=actor.token_id,
        )
    )
    grown = merkle.append(tree, leaf)
    row = {
        "sequence": sequence,
        "time": micros,
        "actor": actor.name,
        "token": actor.token_id,
        "action": entry.action.value,
        "subject": entry.subject,
        "namespace_id": entry.namespace_id,
        "model_id": entry.model_id,
        "version_id": entry.version_id,
        "data": data,
        "nonce": nonce,
        "leaf": leaf,
        "nodes": merkle.pack(grown.nodes),
        "root": merkle.root(grown.tree),
    }
    return row, grown.tree
