"""How do requests end that nobody decided in time? The worker ends them, a few hundred in a transaction."""

from __future__ import annotations

from holotype.catalogue import versions
from holotype.governance import promotions
from holotype.operations import expiring
from holotype.operations.call import Call

_BATCH = 200


def expire_promotions(call: Call) -> int:
    """End the requests whose time is over and return how many there were."""
    total = 0
    while True:
        with call.write() as tx:
            due = promotions.due(tx, call.now, _BATCH)
            for request in due:
                expiring.expired(tx, call, request, versions.by_ids(tx, [request.version_id])[0])
        total += len(due)
        if len(due) < _BATCH:
            return total
