"""Which bytes does a path of a run or a logged model stand for?"""

from __future__ import annotations

from holotype.catalogue import namespaces
from holotype.errors import NotFound
from holotype.operations import owned, tracked
from holotype.operations.call import Call
from holotype.tracking import artifacts
from holotype.tracking.artifacts import Artifact


def read_artifact(call: Call, namespace: str, owner: str, path: str) -> Artifact:
    """Return the file at a path as it is now."""
    tracked.require_reader(call.actor, namespace)
    with call.read() as tx:
        space = namespaces.get(tx, namespace)
        owned.check(call, tx, space, owner)
        found = artifacts.get(tx, space.id, owner, path)
    if found is None:
        raise NotFound(f"{owner[:80]} has no file {path!r}.")
    return found
