"""What does evidence say about a version, and who has signed it as the policy sees it now?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from holotype.access import rules
from holotype.catalogue import versions
from holotype.db import Tx
from holotype.domain import attested
from holotype.domain.entities import Evidence, Version
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import NotFound
from holotype.governance import evidence, policies
from holotype.operations import attest, signatures
from holotype.operations.attest import Attested
from holotype.operations.call import Call

_LARGEST = 2**63
_READ = 8 * 2**20
"""So many bytes of payloads are read to say who signed a page of evidence; what lies beyond is told one by one."""


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


def list_attested(
    call: Call, reference: Reference, *, type_: str | None = None, before: int | None = None, limit: int = 50
) -> tuple[Version, list[Attested]]:
    """Return what ``list_evidence`` does, each piece with what becomes of its signature now where it bears one."""
    rules.require(call.actor, Permission.MODEL_READ, namespace=reference.namespace, model=reference.model)
    with call.read() as tx:
        version = versions.find(tx, reference)
        found = evidence.page(tx, version.id, type=type_, before=before, limit=limit)
        return version, _explained(tx, version, found)


def _explained(tx: Tx, version: Version, found: Sequence[Evidence]) -> list[Attested]:
    wanted, room = list[int](), _READ
    for one in sorted(found, key=lambda one: one.signed_by is None):
        if attested.is_json(one.media_type) and one.size <= room:
            wanted.append(one.id)
            room -= one.size
    whole = {one.id: one for one in evidence.by_ids(tx, wanted)} if wanted else {}
    keys, files = policies.in_force(tx, version.namespace_id).keys, signatures.files_of(tx, version)
    return [
        Attested(
            replace(one, payload=None), version, signatures.explained(one, files, keys) if one.id in whole else None
        )
        for one in (whole.get(one.id, one) for one in found)
    ]
