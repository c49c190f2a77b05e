"""Which checkpoints were signed, and by which keys? Rows are added; of a key alone its end is written later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from holotype.db import Tx
from holotype.db.tables import registry
from holotype.domain import notes, times
from holotype.domain.notes import Checkpoint
from holotype.ledger.append import HEAD_ID
from holotype.ledger.tables import checkpoint_keys, checkpoints, ledger_entries, ledger_head

_KEYS = checkpoint_keys.c
_COUNT = (
    ledger_head.update()
    .where(ledger_head.c.id == HEAD_ID)
    .values(checkpoints=ledger_head.c.checkpoints + 1)
    .returning(ledger_head.c.checkpoints)
)
_LATEST = sa.select(checkpoints.c.note).order_by(checkpoints.c.size.desc()).limit(1)
_created, _retired = ledger_entries.alias("created"), ledger_entries.alias("retired")
_TIMED = (
    sa.select(checkpoint_keys, _created.c.time.label("created_at"), _retired.c.time.label("retired_at"))
    .join(_created, _created.c.sequence == _KEYS.created_sequence)
    .join(_retired, _retired.c.sequence == _KEYS.retired_sequence, isouter=True)
    .order_by(_KEYS.created_sequence)
)


@dataclass(frozen=True, slots=True)
class Key:
    """A public key that signs checkpoints, and the entries of the ledger that say since and until when."""

    id: str
    verifier: str
    created_sequence: int
    created_at: datetime
    retired_sequence: int | None = None
    retired_at: datetime | None = None


def origin(tx: Tx) -> str:
    """Return the origin of this registry's checkpoints."""
    return notes.origin_of(tx.execute(sa.select(registry.c.uuid)).scalar_one())


def latest(tx: Tx) -> Checkpoint | None:
    """Return the checkpoint of the greatest size."""
    note = tx.execute(_LATEST).scalar_one_or_none()
    return None if note is None else notes.checkpoint(note)


def page(tx: Tx, *, before: int | None = None, limit: int = 50) -> list[Checkpoint]:
    """Return up to ``limit`` checkpoints of sizes under ``before``, the greatest first."""
    statement = sa.select(checkpoints.c.note).order_by(checkpoints.c.size.desc()).limit(limit)
    if before is not None:
        statement = statement.where(checkpoints.c.size < before)
    return [notes.checkpoint(note) for note in tx.execute(statement).scalars()]


def between(tx: Tx, after: int, until: int) -> list[Checkpoint]:
    """Return those checkpoints of sizes in ``(after, until]`` that an export shows, the smallest first.

    That is the greatest of them, and each that a key signed last.
    """
    inside = (checkpoints.c.size > after) & (checkpoints.c.size <= until)
    last = sa.select(sa.func.max(checkpoints.c.size)).where(inside).scalar_subquery()
    ends = sa.select(_KEYS.retired_sequence).where(_KEYS.retired_sequence.is_not(None))
    wanted = inside & ((checkpoints.c.size == last) | checkpoints.c.size.in_(ends))
    statement = sa.select(checkpoints.c.note).where(wanted).order_by(checkpoints.c.size)
    return [notes.checkpoint(note) for note in tx.execute(statement).scalars()]


def insert(tx: Tx, made: Checkpoint) -> None:
    """Keep a signed checkpoint, and count it: one that is gone later leaves a gap."""
    number = tx.execute(_COUNT).scalar_one()
    row = {"size": made.size, "number": number, "root": made.root, "note": made.note}
    tx.execute(checkpoints.insert(), row)


def keys(tx: Tx) -> list[Key]:
    """Return every key, the oldest first."""
    return [_key(row) for row in tx.execute(_TIMED)]


def active(tx: Tx) -> Key | None:
    """Return the key that signs now, if there is one."""
    row = tx.execute(_TIMED.where(_KEYS.retired_sequence.is_(None))).first()
    return None if row is None else _key(row)


def add_key(tx: Tx, verifier: notes.Verifier, sequence: int) -> None:
    """Keep a new public key."""
    row = {"id": verifier.id, "verifier": str(verifier), "created_sequence": sequence, "retired_sequence": None}
    tx.execute(checkpoint_keys.insert(), row)


def retire_key(tx: Tx, identifier: str, sequence: int) -> None:
    """Write down that a key signs no more after an entry."""
    tx.execute(checkpoint_keys.update().where(_KEYS.id == identifier), {"retired_sequence": sequence})


def _key(row: sa.Row[Any]) -> Key:
    ended = None if row.retired_at is None else times.from_micros(row.retired_at)
    return Key(
        row.id, row.verifier, row.created_sequence, times.from_micros(row.created_at), row.retired_sequence, ended
    )
