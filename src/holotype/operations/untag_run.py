"""How is a tag of a run removed?"""

from __future__ import annotations

from holotype.catalogue import namespaces
from holotype.domain import tracked as limits
from holotype.errors import NotFound
from holotype.operations import tracked
from holotype.operations.call import Call
from holotype.tracking import attached


def untag_run(call: Call, namespace: str, run_id: str, key: str) -> None:
    """Remove a tag of a run."""
    tracked.require_writer(call.actor, namespace)
    limits.key(key, "tag")
    with call.write() as tx:
        space = namespaces.get(tx, namespace)
        tracked.run_of(call, tx, space, run_id)
        if not attached.remove_tag(tx, space.id, run_id, key):
            raise NotFound(f"No tag with name: {key[:80]} in run with id {run_id}.")
