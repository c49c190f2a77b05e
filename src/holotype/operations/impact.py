"""What would a recall reach, where is it in use, and who has it?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from holotype.access import rules
from holotype.domain import recall
from holotype.domain.entities import Version
from holotype.domain.lifecycle import ARCHIVED, NONE, PRODUCTION
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.ledger import pulls
from holotype.operations import recall as reach
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
    """What a recall reaches: how many versions that the caller may see, the first of them, and who pulled them."""

    subject: str
    count: int
    versions: tuple[Version, ...]
    pulled_by: tuple[Holder, ...]


def impact(call: Call, subject: str) -> Impact:
    """Return what a recall of a version, a data set or a parent would reach, as far as the caller may see it."""
    rules.require_somewhere(call.actor, Permission.MODEL_READ)
    wanted = recall.parse(subject)
    if wanted.reference is not None and wanted.kind == recall.VERSION:
        _require_read(call, wanted.reference)
    with call.registry.database.snapshot() as tx:
        wanted, version = reach.pinned(tx, call, wanted)
        affected = [one for one in reach.reached(tx, wanted, version) if _visible(call, one)]
        affected.sort(key=lambda one: (_use(one), one.reference))
        shown = affected[:MOST_SHOWN]
        known = {one.id: one.reference for one in shown}
        holders = [Holder(one.principal, known[one.version_id], one.last) for one in pulls.pullers(tx, list(known))]
    return Impact(str(wanted), len(affected), tuple(shown), tuple(holders))


def _use(version: Version) -> int:
    """Return a place in the list: what is in use before what was, and that before what never was."""
    if version.stage == ARCHIVED and not version.aliases:
        return 2
    return 0 if version.stage == PRODUCTION else 1 if version.stage != NONE or version.aliases else 3


def _require_read(call: Call, where: Reference) -> None:
    rules.require(call.actor, Permission.MODEL_READ, namespace=where.namespace, model=where.model)


def _visible(call: Call, version: Version) -> bool:
    return rules.may(call.actor, Permission.MODEL_READ, namespace=version.namespace, model=version.model)
