"""Was this very request answered before? Then it is answered again, without doing it twice."""

from __future__ import annotations

import hashlib

import msgspec
import sqlalchemy as sa

from holotype.db import Tx
from holotype.db.tables import idempotency
from holotype.domain import names, times
from holotype.errors import IdempotencyMismatch, Invalid
from holotype.operations.call import Call

_GET = sa.select(idempotency.c.fingerprint, idempotency.c.result).where(
    idempotency.c.principal_id == sa.bindparam("principal_id"), idempotency.c.key == sa.bindparam("key")
)
_KEY_LIMIT = 255


def fingerprint(verb: str, *content: object) -> str:
    """Return what tells two requests apart: the verb and everything that it was given."""
    return hashlib.sha256(msgspec.json.encode([verb, *content], order="sorted")).hexdigest()


def recall(tx: Tx, call: Call, print_: str) -> str | None:
    """Return what was remembered under the caller's key, or raise ``IdempotencyMismatch`` for other content."""
    if call.idempotency_key is None:
        return None
    if not 0 < len(call.idempotency_key) <= _KEY_LIMIT or not names.printable(call.idempotency_key):
        raise Invalid("The idempotency key is not usable.", hint=f"Send 1 to {_KEY_LIMIT} printable characters.")
    row = tx.execute(_GET, {"principal_id": call.actor.principal_id or 0, "key": call.idempotency_key}).one_or_none()
    if row is None:
        return None
    if row.fingerprint != print_:
        raise IdempotencyMismatch(hint="Send a new key with a new request.")
    return str(row.result)


def remember(tx: Tx, call: Call, print_: str, result: str) -> None:
    """Keep a result under the caller's key, in the verb's own transaction."""
    if call.idempotency_key is None:
        return
    tx.execute(
        idempotency.insert(),
        {
            "principal_id": call.actor.principal_id or 0,
            "key": call.idempotency_key,
            "fingerprint": print_,
            "result": result,
            "created_at": times.to_micros(call.now),
        },
    )
