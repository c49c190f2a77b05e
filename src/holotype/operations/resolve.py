"""Which version does a reference name, now or at an earlier moment?

Now is answered by the catalogue; earlier moments by the ledger's history of stages and aliases. Numbers and digests
mean the same at all times, once they exist.
"""

from __future__ import annotations

from datetime import UTC, datetime

from holotype.access import rules
from holotype.catalogue import models, versions
from holotype.db import Tx
from holotype.domain import names
from holotype.domain.entities import Version
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import AmbiguousReference, NotFound
from holotype.ledger import labels as spans
from holotype.operations.call import Call


def resolve(call: Call, reference: Reference, *, at: datetime | None = None) -> Version:
    """Return the version that a reference names, or named at a moment."""
    rules.require(call.actor, Permission.MODEL_READ, namespace=reference.namespace, model=reference.model)
    with call.read() as tx:
        if at is None:
            return versions.find(tx, reference)
        return _at(tx, reference, at if at.tzinfo else at.replace(tzinfo=UTC))


def _at(tx: Tx, reference: Reference, moment: datetime) -> Version:
    label = reference.label
    model = models.get(tx, reference.namespace, reference.model, deleted=True)
    if (label is None and reference.digest is not None) or (label is not None and label.isdigit()):
        found = [versions.find(tx, reference, deleted=True)]
    elif label is None or label == names.LATEST:
        found = versions.by_ids(tx, versions.latest_at(tx, model.id, moment))
    else:
        found = versions.by_ids(tx, spans.at(tx, model_id=model.id, label=label, moment=moment))
    found = [version for version in found if _existed(version, moment)]
    if len(found) > 1:
        numbers = ", ".join(str(version.number) for version in found[:5])
        raise AmbiguousReference(f"{reference} named several versions then: {numbers}.", hint="Give the number.")
    if not found:
        raise NotFound(
            f"{reference} named no version at {moment.isoformat()}.",
            hint=f"See `holotype history {reference.model_reference}`.",
        )
    return found[0]


def _existed(version: Version, moment: datetime) -> bool:
    return version.created_at <= moment and (version.deleted_at is None or version.deleted_at > moment)
