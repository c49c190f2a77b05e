"""What is known about a version? Read at one moment, for the documents that say it: the ML-BOM and the card."""

from __future__ import annotations

import json

from holotype.access import rules
from holotype.catalogue import contents, versions
from holotype.db import Tx
from holotype.domain import card_writing, cards, ml_bom
from holotype.domain.described import Described
from holotype.domain.entities import Approval, Version
from holotype.domain.permissions import Permission
from holotype.domain.provenance import Provenance
from holotype.domain.references import Reference
from holotype.governance import approvals, evidence, policies, promotions
from holotype.operations import signatures
from holotype.operations.call import Call

_FILES = 20_000


def bom(call: Call, reference: Reference) -> bytes:
    """Return the bill of materials of a version: CycloneDX 1.6 in JSON, the same bytes until something is learnt."""
    from cyclonedx import spdx  # noqa: PLC0415 - one verb needs it, and it reads a schema

    from holotype import __version__  # noqa: PLC0415 - as above

    def licence(name: str) -> dict[str, object]:
        known = spdx.fixup_id(name)
        if known is not None:
            return {"license": {"id": known}}
        return {"expression": name} if spdx.is_expression(name) else {"license": {"name": name}}

    made = ml_bom.write(describe(call, reference), licence=licence, tool=__version__)
    return json.dumps(made, ensure_ascii=False, indent=2).encode() + b"\n"


def card(call: Call, reference: Reference) -> bytes:
    """Return the model card of a version with what the registry knows: Markdown with front matter."""
    return card_writing.write(describe(call, reference)).encode()


def describe(call: Call, reference: Reference) -> Described:
    """Return everything that is known about a version."""
    rules.require(call.actor, Permission.MODEL_READ, namespace=reference.namespace, model=reference.model)
    with call.registry.database.snapshot() as tx:
        version = versions.find(tx, reference)
        text = versions.card(tx, version.id)
        keys = policies.in_force(tx, version.namespace_id).keys
        return Described(
            version=version,
            origin=contents.origin(tx, version) or Provenance(),
            card=text,
            licence=cards.licence(text, version.tags),
            files=contents.page_of_files(tx, version.id, after="", limit=_FILES),
            evidence=signatures.current(tx, version, evidence.of_version(tx, version.id), keys),
            approvals=_approvals(tx, version),
        )


def _approvals(tx: Tx, version: Version) -> list[Approval]:
    """Return the approvals that stand behind the stage that a version is in."""
    applied = promotions.last_applied(tx, version.id, version.stage)
    if applied is None:
        return []
    return [one.approval for one in approvals.of(tx, [applied.id])[applied.id] if one.approval.voided is None]
