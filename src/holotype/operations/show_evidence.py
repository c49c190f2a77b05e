"""What does one piece of evidence say, and who has signed it as the policy sees it now?"""

from __future__ import annotations

from holotype.access import rules
from holotype.catalogue import versions
from holotype.domain.entities import Evidence, Version
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import NotFound
from holotype.governance import evidence
from holotype.operations import attest
from holotype.operations.attest import Attested
from holotype.operations.call import Call

_LARGEST = 2**63


def show_evidence(call: Call, reference: Reference, evidence_id: int) -> Attested:
    """Return a piece of evidence about a version with its payload, and what becomes of its signature now."""
    rules.require(call.actor, Permission.MODEL_READ, namespace=reference.namespace, model=reference.model)
    with call.read() as tx:
        version = versions.find(tx, reference)
        found = evidence.get(tx, version.id, evidence_id) if 0 < evidence_id < _LARGEST else None
        if found is None:
            raise NotFound(
                f"{version.reference} has no evidence {evidence_id}.",
                hint=f"List it with `holotype evidence ls {version.reference}`.",
            )
        return attest.of(tx, version, found)


def list_evidence(
    call: Call, reference: Reference, *, type_: str | None = None, before: int | None = None, limit: int = 50
) -> tuple[Version, list[Evidence]]:
    """Return a version and up to ``limit`` pieces of evidence about it with ids below ``before``, the newest first."""
    rules.require(call.actor, Permission.MODEL_READ, namespace=reference.namespace, model=reference.model)
    with call.read() as tx:
        version = versions.find(tx, reference)
        return version, evidence.page(tx, version.id, type=type_, before=before, limit=limit)
