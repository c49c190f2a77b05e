"""How does a run go, and come back?"""

from __future__ import annotations

from datetime import datetime

from holotype.catalogue import namespaces
from holotype.operations import tracked
from holotype.operations.call import Call
from holotype.tracking import runs


def delete_run(call: Call, namespace: str, run_id: str) -> None:
    """Delete a run; after the grace period the sweep forgets it and its files. Versions keep what they took of it."""
    _set(call, namespace, run_id, call.now)


def restore_run(call: Call, namespace: str, run_id: str) -> None:
    """Bring back a deleted run; after the grace period it is not there any more, swept or not."""
    _set(call, namespace, run_id, None)


def _set(call: Call, namespace: str, run_id: str, deleted_at: datetime | None) -> None:
    tracked.require_writer(call.actor, namespace)
    with call.write() as tx:
        space = namespaces.get(tx, namespace)
        found = tracked.run_of(call, tx, space, run_id, active=False)
        if deleted_at is None and found.deleted_at is not None and found.deleted_at < tracked.oldest(call):
            raise tracked.no_run(run_id)
        runs.change(tx, space.id, found.id, deleted_at=deleted_at)
