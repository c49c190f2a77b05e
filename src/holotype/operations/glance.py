"""What is in a version at a glance: what the inspection found, and what the scans make of it?"""

from __future__ import annotations

from dataclasses import dataclass

from holotype.access import rules
from holotype.catalogue import versions
from holotype.domain import attested, inspected, marks
from holotype.domain.inspected import Contents
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.governance import marks as evidence
from holotype.operations.call import Call


@dataclass(frozen=True, slots=True)
class Glance:
    """The contents of a version, none before they were inspected, and the mark of its scans, none before the first."""

    contents: Contents | None
    scan: str | None


def glance(call: Call, reference: Reference) -> Glance:
    """Return what is in a version, in few words."""
    rules.require(call.actor, Permission.MODEL_READ, namespace=reference.namespace, model=reference.model)
    with call.read() as tx:
        version = versions.find(tx, reference)
        found = evidence.inspections(tx, [version.id]).get(version.id)
        scans = evidence.scans(tx, [version.id])[version.id]
    contents = None if found is None else inspected.contents(attested.said(found[1], found[2]))
    return Glance(contents, marks.of_scans(scans))
