"""What lies in a folder of a version?"""

from __future__ import annotations

from holotype.access import rules
from holotype.catalogue import folders as held
from holotype.catalogue import versions
from holotype.domain import folders
from holotype.domain.folders import Listed
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.operations.call import Call


def list_folder(call: Call, reference: Reference, path: str = "") -> list[Listed]:
    """Return names in a folder of a version; nothing in one that it does not have."""
    rules.require(call.actor, Permission.MODEL_READ, namespace=reference.namespace, model=reference.model)
    with call.read() as tx:
        version = versions.find(tx, reference)
        found = held.below(tx, version.id, path)
    return folders.level(found, path)
