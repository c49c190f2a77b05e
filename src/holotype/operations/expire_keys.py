"""How long is an idempotency key remembered? A day: nobody tries a request again after that."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from holotype.access import rules
from holotype.db.tables import idempotency
from holotype.domain import times
from holotype.domain.permissions import Permission
from holotype.operations.call import Call

LIFETIME = timedelta(hours=24)
_BATCH = 1_000

_old = (
    sa.select(idempotency.c.principal_id, idempotency.c.key)
    .where(idempotency.c.created_at < sa.bindparam("before"))
    .order_by(idempotency.c.created_at)
    .limit(_BATCH)
)
_EXPIRE = idempotency.delete().where(sa.tuple_(idempotency.c.principal_id, idempotency.c.key).in_(_old))


def expire_keys(call: Call) -> int:
    """Forget old keys, a batch a transaction, and return how many there were."""
    rules.require(call.actor, Permission.ADMIN_OPERATE)
    before = times.to_micros(call.now - LIFETIME)
    gone = 0
    while True:
        with call.write() as tx:
            count = tx.execute(_EXPIRE, {"before": before}).rowcount
        gone += count
        if count < _BATCH:
            return gone
