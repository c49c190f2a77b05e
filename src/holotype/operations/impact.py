"""What would a recall reach, where is it in use, and who has it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from holotype.access import rules
from holotype.catalogue import affected
from holotype.domain import recall
from holotype.domain.entities import Quarantine, Version
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.governance import quarantines
from holotype.ledger import pulls
from holotype.operations import recall as reach
from holotype.operations import sight
from holotype.operations.call import Call

MOST_SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who pulled a version that a recall reaches, and when last."""

    principal: str
    version: str
    last: datetime


@dataclass(frozen=True, slots=True)
class Impact:
    """What a recall reaches: how many versions that the caller may see, the first of them, and who pulled these.

    ``stages`` counts the versions in each stage. ``quarantine`` is the open one of that very subject, and ``allowed``
    says whether the caller may recall all of it.
    """

    subject: str
    count: int
    versions: tuple[Version, ...]
    pulled_by: tuple[Holder, ...]
    stages: Mapping[str, int]
    quarantine: Quarantine | None
    allowed: bool


def impact(call: Call, subject: str, *, limit: int = MOST_SHOWN) -> Impact:
    """Return what a recall of a version, a data set or a parent would reach, as far as the caller may see it."""
    rules.require_somewhere(call.actor, Permission.MODEL_READ)
    wanted = recall.parse(subject)
    if wanted.reference is not None and wanted.kind == recall.VERSION:
        _require_read(call, wanted.reference)
    with call.registry.database.snapshot() as tx:
        wanted, version = reach.pinned(tx, call, wanted)
        ids = reach.reached_ids(tx, wanted, version)
        reached = affected.look(tx, ids, sight.visible(tx, call.actor), limit=limit)
        known = {one.id: one.reference for one in reached.first}
        holders = [Holder(one.principal, known[one.version_id], one.last) for one in pulls.pullers(tx, list(known))]
        there = quarantines.open_over(tx, str(wanted), reach.seen(tx, call))
        return Impact(
            subject=str(wanted),
            count=reached.count,
            versions=tuple(reached.first),
            pulled_by=tuple(holders),
            stages=reached.stages,
            quarantine=there,
            allowed=reach.may_recall(tx, call.actor, version, reached.model_ids),
        )


def _require_read(call: Call, where: Reference) -> None:
    rules.require(call.actor, Permission.MODEL_READ, namespace=where.namespace, model=where.model)
