"""What is forgotten of sign-ins, and when? Hourly: what is over. Tokens of sign-ins are kept for 30 days after."""

from __future__ import annotations

from datetime import timedelta

from holotype.access import attempts, rules, tokens
from holotype.access.sign_in_tables import set_ups, sign_in_flows, sign_in_links, used_assertions
from holotype.domain import times
from holotype.domain.permissions import Permission
from holotype.operations.call import Call

TOKENS_KEPT = timedelta(days=30)
_BATCH = 1_000


def expire_sign_ins(call: Call) -> int:
    """Forget what is over, and return how much it was."""
    rules.require(call.actor, Permission.ADMIN_OPERATE)
    now = times.to_micros(call.now)
    with call.write() as tx:
        gone = attempts.forget(tx, call.now)
        for table in (sign_in_flows, sign_in_links, used_assertions, set_ups):
            gone += tx.execute(table.delete().where(table.c.expires_at < now)).rowcount
    while True:
        with call.write() as tx:
            count = tokens.forget_sign_ins(tx, call.now - TOKENS_KEPT, _BATCH)
        gone += count
        if count < _BATCH:
            return gone
