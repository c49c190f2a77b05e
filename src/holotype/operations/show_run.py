"""What did a run log?"""

from __future__ import annotations

from holotype.catalogue import namespaces
from holotype.domain.runs import TrackedRun
from holotype.operations import tracked
from holotype.operations.call import Call


def show_run(call: Call, namespace: str, run_id: str) -> TrackedRun:
    """Return a run with all that hangs on it, a deleted one too."""
    tracked.require_reader(call.actor, namespace)
    with call.read() as tx:
        found = tracked.readable(call, tx, namespaces.get(tx, namespace), run_id)
    if found is None:
        raise tracked.no_run(run_id)
    return found
