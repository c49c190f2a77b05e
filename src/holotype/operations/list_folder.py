"""What lies in a folder of a version: names and sizes of all of it, or a page of it with what is known of each file?"""

from __future__ import annotations

from holotype.access import rules
from holotype.catalogue import folders as held
from holotype.catalogue import versions
from holotype.domain import folders
from holotype.domain.entities import Version
from holotype.domain.folders import Entry, Listed
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


def show_folder(
    call: Call, reference: Reference, path: str = "", *, after: str = "", limit: int = 50
) -> tuple[Version, list[Entry]]:
    """Return a version and up to ``limit`` names right in a folder of it, behind the cursor of an entry."""
    rules.require(call.actor, Permission.MODEL_READ, namespace=reference.namespace, model=reference.model)
    with call.read() as tx:
        version = versions.find(tx, reference)
        return version, held.level(tx, version.id, path, after=after, limit=limit)
