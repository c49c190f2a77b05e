"""Which recalls are there?"""

from __future__ import annotations

from holotype.access import rules
from holotype.domain.entities import Quarantine
from holotype.domain.permissions import Permission
from holotype.governance import quarantines
from holotype.operations import recall
from holotype.operations.call import Call


def list_quarantines(
    call: Call, *, everything: bool = False, before: int | None = None, limit: int
) -> list[Quarantine]:
    """Return quarantines that concern the caller, the newest first: the open ones, or everything."""
    rules.require_somewhere(call.actor, Permission.MODEL_READ)
    with call.read() as tx:
        found = quarantines.page(tx, everything=everything, before=before, limit=limit, seen=recall.seen(tx, call))
        return recall.told(tx, call, found)
