"""How does a run say how it goes, and that it ended?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from holotype.catalogue import namespaces
from holotype.domain import tracked as limits
from holotype.domain.runs import TrackedRun
from holotype.operations import tracked
from holotype.operations.call import Call
from holotype.tracking import attached, runs


def change_run(
    call: Call,
    namespace: str,
    run_id: str,
    *,
    status: str | None = None,
    ended_at: datetime | None = None,
    name: str | None = None,
) -> TrackedRun:
    """Change what is given of a run, and return it without what hangs on it."""
    tracked.require_writer(call.actor, namespace)
    values: dict[str, Any] = {}
    if status is not None:
        values["status"] = limits.one_of(status, limits.RUN_STATUSES, "status")
    if ended_at is not None:
        values["ended_at"] = ended_at
    if name:
        values["name"] = limits.name(name, "run")
    with call.write() as tx:
        space = namespaces.get(tx, namespace)
        found = tracked.run_of(call, tx, space, run_id)
        if values:
            runs.change(tx, space.id, found.id, **values)
        if name:
            attached.set_tags(tx, space.id, found.id, {limits.RUN_NAME_TAG: name})
        return runs.bare(tx, space.id, found.id) or found
