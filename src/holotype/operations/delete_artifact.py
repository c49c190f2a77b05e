"""How does a file of a run or a logged model go? Its row at once, its bytes with the sweep when nothing needs them."""

from __future__ import annotations

from holotype.artifacts import holdings
from holotype.catalogue import namespaces
from holotype.operations import owned, tracked
from holotype.operations.call import Call
from holotype.tracking import artifacts


def delete_artifact(call: Call, namespace: str, owner: str, path: str = "") -> int:
    """Forget a file, a folder or (without a path) all files, and return how many; versions keep what they share."""
    tracked.require_writer(call.actor, namespace)
    with call.write() as tx:
        space = namespaces.get(tx, namespace)
        owned.check(call, tx, space, owner)
        gone = artifacts.remove(tx, space.id, owner, path)
        holdings.touch(tx, space.id, sorted({file.digest for file in gone}), call.now)
    return len(gone)
