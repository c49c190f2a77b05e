"""What happened, to what, when and by whom? Pages of the ledger, the newest entries first.

A page costs the same however long the ledger is: it goes along the index of what is asked for, from a sequence back.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from holotype.db import Tx
from holotype.db.sets import IdSet, held_in
from holotype.domain import times
from holotype.domain.entities import Event
from holotype.ledger.entry import bytes_of
from holotype.ledger.tables import ledger_entries

_ENTRIES = ledger_entries.c
_SELECT = sa.select(*[column for column in _ENTRIES if column.name not in {"nonce", "leaf", "nodes"}])
_WHOLE = sa.select(ledger_entries).order_by(_ENTRIES.sequence)
_LAST_BEFORE = (
    sa.select(_ENTRIES.sequence)
    .where(_ENTRIES.time < sa.bindparam("moment"))
    .order_by(_ENTRIES.time.desc(), _ENTRIES.sequence.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries: those that meet every condition given, from ``since`` on and before ``until``."""

    namespace_id: int | None = None
    model_id: int | None = None
    version_id: int | None = None
    action: str | None = None
    actor: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    sequence: int | None = None
    but: Collection[str] = ()
    inside: tuple[IdSet, IdSet] | None = None
    """Namespaces and models, of which an entry has to be about one."""


def page(
    tx: Tx, wanted: Filter, *, before: int | None = None, after: int | None = None, limit: int = 50
) -> list[Event]:
    """Return up to ``limit`` events with sequences under ``before`` and over ``after``, the newest first."""
    statement = _SELECT.order_by(_ENTRIES.sequence.desc()).limit(limit)
    for name in ("namespace_id", "model_id", "version_id", "action", "actor", "subject", "sequence"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(_ENTRIES[name] == value)
    if wanted.but:
        statement = statement.where(_ENTRIES.action.not_in(sorted(wanted.but)))
    if wanted.inside is not None:
        spaces, lines = wanted.inside
        statement = statement.where(held_in(_ENTRIES.namespace_id, spaces) | held_in(_ENTRIES.model_id, lines))
    if before is not None:
        statement = statement.where(_ENTRIES.sequence < before)
    if after is not None:
        statement = statement.where(_ENTRIES.sequence > after)
    if wanted.since is not None:
        statement = statement.where(_ENTRIES.sequence > _last_before(tx, wanted.since))
    if wanted.until is not None:
        statement = statement.where(_ENTRIES.sequence <= _last_before(tx, wanted.until))
    return [_event(row) for row in tx.execute(statement)]


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as it is exported: its canonical bytes, and the leaf that they are hashed to."""

    sequence: int
    entry: bytes
    leaf: bytes


def lines(tx: Tx, wanted: Filter, *, after: int, until: int, limit: int) -> list[Line]:
    """Return up to ``limit`` entries with sequences in ``(after, until]``, the oldest first, as they are exported."""
    statement = _WHOLE.where(_ENTRIES.sequence > after, _ENTRIES.sequence <= until).limit(limit)
    for name in ("namespace_id", "model_id"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(_ENTRIES[name] == value)
    if wanted.but:
        statement = statement.where(_ENTRIES.action.not_in(sorted(wanted.but)))
    return [Line(row.sequence, bytes_of(row), bytes(row.leaf)) for row in tx.execute(statement)]


def _last_before(tx: Tx, moment: datetime) -> int:
    """Return the sequence of the last entry before a moment: times never run backwards, so a moment is a sequence."""
    return tx.execute(_LAST_BEFORE, {"moment": times.to_micros(moment)}).scalar_one_or_none() or 0


def _event(row: sa.Row[Any]) -> Event:
    return Event(
        sequence=row.sequence,
        time=times.from_micros(row.time),
        actor=row.actor,
        action=row.action,
        subject=row.subject,
        data=json.loads(row.data),
        root=row.root.hex(),
        token=row.token,
    )
