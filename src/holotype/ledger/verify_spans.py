"""Do the spans of labels say what the entries say? They are made again from the entries of each model, and compared.

version.registered, version.imported                          enters ``none``
version.moved, -.replaced, -.rolled-back, stage.imported      leaves ``from``, enters ``to``
alias.set, alias.imported                                     whoever the alias names leaves it; the version enters it
alias.removed, alias.imported that says ``gone``              whoever the alias names leaves it
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from holotype.db import Tx
from holotype.domain.events import Action
from holotype.domain.lifecycle import NONE
from holotype.ledger.tables import label_spans, ledger_entries

_BEGINNINGS = (Action.VERSION_REGISTERED, Action.VERSION_IMPORTED)
_MOVES = (Action.VERSION_MOVED, Action.VERSION_REPLACED, Action.VERSION_ROLLED_BACK, Action.STAGE_IMPORTED)
_ALIASES = (Action.ALIAS_SET, Action.ALIAS_REMOVED, Action.ALIAS_IMPORTED)
_ACTIONS = [one.value for one in (*_BEGINNINGS, *_MOVES, *_ALIASES)]
_ENTRIES = ledger_entries.c
_OF_MODEL = (
    sa.select(_ENTRIES.sequence, _ENTRIES.action, _ENTRIES.version_id, _ENTRIES.data)
    .where(_ENTRIES.model_id == sa.bindparam("model"), _ENTRIES.action.in_(_ACTIONS))
    .order_by(_ENTRIES.sequence)
)
_KEPT = sa.select(label_spans).where(label_spans.c.model_id == sa.bindparam("model"))
_FIRST = sa.select(sa.func.min(ledger_entries.c.model_id)).where(ledger_entries.c.model_id > sa.bindparam("after"))
_FIRST_KEPT = sa.select(sa.func.min(label_spans.c.model_id)).where(label_spans.c.model_id > sa.bindparam("after"))
Span = tuple[str, int, int, int | None]
"""Label, version, since and until which entry."""


def spans_fault(tx: Tx) -> str | None:
    """Return what is wrong with the spans, if anything is."""
    for model in _models(tx):
        made = _made(tx, model)
        kept = {
            (row.label, row.version_id, row.since_sequence, row.until_sequence)
            for row in tx.execute(_KEPT, {"model": model})
        }
        if made != kept:
            label, _, since, _ = min(made ^ kept, key=lambda span: span[2])
            return f"What the label {label!r} named from entry {since} on is kept otherwise than the entries say."
    return None


def _models(tx: Tx) -> Iterator[int]:
    """Give the id of every model that entries or spans are about."""
    after: int | None = -(2**62)
    while True:
        found = [tx.execute(one, {"after": after}).scalar_one_or_none() for one in (_FIRST, _FIRST_KEPT)]
        known = [one for one in found if one is not None]
        if not known:
            return
        after = min(known)
        yield after


def _made(tx: Tx, model: int) -> set[Span]:
    closed: set[Span] = set()
    open_: dict[tuple[str, int], int] = {}
    for row in tx.execute(_OF_MODEL, {"model": model}):
        for label, version in _left(row, open_):
            since = open_.pop((label, version), None)
            if since is not None:
                closed.add((label, version, since, row.sequence))
        entered = _entered(row)
        if entered is not None:
            open_[entered, row.version_id] = row.sequence
    return closed | {(label, version, since, None) for (label, version), since in open_.items()}


def _left(row: Any, open_: dict[tuple[str, int], int]) -> list[tuple[str, int]]:
    data = json.loads(row.data)
    if row.action in _MOVES:
        return [(data["from"], row.version_id)]
    if row.action in _BEGINNINGS:
        return []
    return [one for one in open_ if one[0] == data["alias"]]


def _entered(row: Any) -> str | None:
    data = json.loads(row.data)
    if row.action in _MOVES:
        return str(data["to"])
    if row.action in _BEGINNINGS:
        return NONE
    return None if row.action == Action.ALIAS_REMOVED or data.get("gone") else str(data["alias"])
