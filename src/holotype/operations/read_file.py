"""Which bytes does a path of a version stand for?"""

from __future__ import annotations

from dataclasses import dataclass

from holotype.access import rules
from holotype.catalogue import contents, versions
from holotype.domain.entities import Version
from holotype.domain.manifest import File
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import NotFound
from holotype.operations.call import Call


@dataclass(frozen=True, slots=True)
class Content:
    """A file of a version: what is promised of it before its first byte is sent."""

    version: Version
    file: File


def read_file(call: Call, reference: Reference, path: str) -> Content:
    """Return the file that a version has under a path."""
    rules.require(call.actor, Permission.MODEL_READ, namespace=reference.namespace, model=reference.model)
    with call.read() as tx:
        version = versions.find(tx, reference)
        found = contents.file(tx, version.id, path)
    if found is None:
        raise NotFound(
            f"{version.reference} has no file {path!r}.", hint=f"See its files: `holotype show {version.reference}`."
        )
    return Content(version, found)
