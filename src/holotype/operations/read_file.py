"""Which bytes does a path of a version stand for?"""

from __future__ import annotations

from dataclasses import dataclass

from holotype.access import rules
from holotype.catalogue import contents, versions
from holotype.db import Tx
from holotype.domain.entities import Version
from holotype.domain.manifest import File
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import NotFound
from holotype.operations import recall
from holotype.operations.call import Call


@dataclass(frozen=True, slots=True)
class Content:
    """A file of a version: what is promised of it before its first byte is sent."""

    version: Version
    file: File


def read_file(call: Call, reference: Reference, path: str, *, quarantined: bool = False) -> Content:
    """Return the file that a version has under a path.

    What is in quarantine leaves only for administrators, who have to say that they know (``quarantined``).
    """
    rules.require(call.actor, Permission.MODEL_READ, namespace=reference.namespace, model=reference.model)
    with call.read() as tx:
        version = versions.find(tx, reference)
        if version.quarantined_at is not None:
            _check_known(tx, call, version, said=quarantined)
        found = contents.file(tx, version.id, path)
    if found is None:
        if version.external:
            raise NotFound(f"{version.reference} is external: the registry never took over its files.")
        raise NotFound(
            f"{version.reference} has no file {path!r}.", hint=f"See its files: `holotype show {version.reference}`."
        )
    return Content(version, found)


def _check_known(tx: Tx, call: Call, version: Version, *, said: bool) -> None:
    if said:
        rules.require(call.actor, Permission.ADMIN_OPERATE, namespace=version.namespace, model=version.model)
    else:
        recall.refuse_quarantined(tx, version)
