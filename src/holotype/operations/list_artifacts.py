"""What lies in a folder of a run or a logged model?"""

from __future__ import annotations

from holotype.catalogue import namespaces
from holotype.domain import folders
from holotype.domain.folders import Listed
from holotype.operations import owned, tracked
from holotype.operations.call import Call
from holotype.tracking import artifacts


def list_artifacts(call: Call, namespace: str, owner: str, path: str = "") -> list[Listed]:
    """Return names in a folder; nothing in one that is not there, which is what folders without files are."""
    tracked.require_reader(call.actor, namespace)
    with call.read() as tx:
        space = namespaces.get(tx, namespace)
        if not owned.is_there(call, tx, space, owner):
            return []
        found = artifacts.files(tx, space.id, owner, path)
    return folders.level([(file.path, file.size) for file in found], path)
