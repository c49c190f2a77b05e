"""Are the checkpoints all those that were signed, and do the entries still have the roots that they state?

This is what a database alone cannot fake: whoever writes all of the ledger anew, hashes included, has no key.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from holotype.db import Tx
from holotype.domain import notes
from holotype.domain.events import Action
from holotype.domain.notes import Signature
from holotype.errors import Corrupt, Invalid
from holotype.ledger.tables import checkpoint_keys, checkpoints, ledger_entries, ledger_head

_ENTRIES = ledger_entries.c
_CREATED = sa.select(_ENTRIES.data).where(_ENTRIES.sequence == 1, _ENTRIES.action == Action.REGISTRY_CREATED)
_SAID = (
    sa.select(_ENTRIES.sequence, _ENTRIES.action, _ENTRIES.subject, _ENTRIES.data)
    .where(_ENTRIES.action.in_([Action.KEY_CREATED.value, Action.KEY_RETIRED.value]))
    .order_by(_ENTRIES.sequence)
)
_BATCH = 1_000
_NOTES = (
    sa.select(checkpoints, _ENTRIES.root.label("there"))
    .join(ledger_entries, _ENTRIES.sequence == checkpoints.c.size, isouter=True)
    .where(checkpoints.c.size > sa.bindparam("after"))
    .order_by(checkpoints.c.size)
    .limit(_BATCH)
)
Keys = dict[str, tuple[str, int, int | None]]
"""By id: the key as it is told to others, and the entries that made and retired it."""


def checkpoints_fault(tx: Tx) -> str | None:
    """Return what is wrong with the keys and checkpoints, if anything is."""
    said = _said(tx)
    rows = tx.execute(sa.select(checkpoint_keys))
    kept = {row.id: (row.verifier, row.created_sequence, row.retired_sequence) for row in rows}
    if said != kept:
        odd = min(name for name in said.keys() | kept.keys() if said.get(name) != kept.get(name))
        return f"The key {odd} of checkpoints is kept otherwise than the entries say."
    first = tx.execute(_CREATED).scalar_one_or_none()
    origin = notes.origin_of(json.loads(first)["uuid"]) if first else None
    number = 0
    for number, row in enumerate(_rows(tx), 1):
        if row.number != number:
            return f"Checkpoint {number} is missing; the next one there is {row.number}, of size {row.size}."
        fault = _fault(row, kept, origin)
        if fault is not None:
            return f"The checkpoint of size {row.size} {fault}"
    counted = tx.execute(sa.select(ledger_head.c.checkpoints)).scalar_one()
    return None if counted == number else f"The head counts {counted} checkpoints; there are {number}."


def _said(tx: Tx) -> Keys:
    """Return the keys as the entries tell of them."""
    found: Keys = {}
    for row in tx.execute(_SAID):
        name = row.subject.removeprefix("key:")
        if row.action == Action.KEY_CREATED:
            found[name] = (json.loads(row.data)["verifier"], row.sequence, None)
        elif name in found:
            found[name] = (*found[name][:2], row.sequence)
    return found


def _rows(tx: Tx) -> Iterator[sa.Row[Any]]:
    after = -1
    while rows := tx.execute(_NOTES, {"after": after}).all():
        yield from rows
        after = rows[-1].size


def _fault(row: sa.Row[Any], keys: Keys, origin: str | None) -> str | None:
    try:
        said = notes.checkpoint(row.note)
    except Corrupt:
        return "was changed: it is no checkpoint any more."
    if said.size != row.size or said.root != row.root:
        return "was changed: its note says otherwise."
    if origin is not None and said.origin != origin:
        return f"is of another registry: {said.origin}."
    if not said.signatures or not all(_good(one, said.text, row.size, keys) for one in said.signatures):
        return "does not bear a good signature."
    if row.there is None:
        return "covers entries that are not there any more."
    return None if row.there == row.root else "has another root than the entries: they were written anew."


def _good(signature: Signature, text: str, size: int, keys: Keys) -> bool:
    """Say whether a signature was made by a key of ours that was in force."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - 10 MiB
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    verifier, created, retired = keys.get(signature.key, ("", 0, 0))
    if not created <= size <= (size if retired is None else retired):
        return False
    try:
        known = notes.verifier(verifier)
        Ed25519PublicKey.from_public_bytes(known.public).verify(signature.value, text.encode())
    except (InvalidSignature, Invalid):
        return False
    return known.name == signature.name
