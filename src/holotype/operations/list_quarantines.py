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
    found: list[Quarantine] = []
    with call.read() as tx:
        while len(found) < limit:
            page = quarantines.page(tx, everything=everything, before=before, limit=limit)
            found += [seen for one in page if (seen := recall.as_seen(tx, call, one)) is not None]
            if len(page) < limit:
                break
            before = page[-1].id
    return found[:limit]
