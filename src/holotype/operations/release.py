"""How does a recall end?

1. The quarantine is found by its id or by what it is about, and is still open.
2. The caller may recall, and so release, every version under it.
3. Those versions that no other quarantine holds are free again; each one's history says so.
"""

from __future__ import annotations

from holotype.access import rules
from holotype.catalogue import versions
from holotype.db import Tx
from holotype.domain import names, recall
from holotype.domain.entities import Quarantine
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.errors import Conflict, Invalid, NotFound
from holotype.governance import quarantines
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations import consequences
from holotype.operations import recall as reach
from holotype.operations.call import Call


def release(call: Call, which: str, *, reason: str) -> Quarantine:
    """End a quarantine, given by its number or its subject, and return it."""
    rules.require_somewhere(call.actor, Permission.VERSION_QUARANTINE)
    if not names.text(reason, "reason").strip():
        raise Invalid("A release needs a reason.", hint="Say in a few words why, with --reason.")
    with call.write() as tx:
        found = _find(tx, call, which)  # 1
        held = versions.by_ids(tx, quarantines.held(tx, found.id))
        reach.require_all(call, held)  # 2; before its subject, which may be hidden
        _, version = reach.pinned(tx, call, recall.parse(found.subject))
        reach.require(call, version, held)
        if found.released_at is not None:
            raise Conflict(f"Quarantine {found.id} was released by {found.released_by}.", hint="Nothing was changed.")
        quarantines.release(tx, found.id, reason, by=call.actor.name, now=call.now)
        still = quarantines.still_held(tx, [one.id for one in held])
        freed = [one for one in held if one.id not in still]  # 3
        versions.release(tx, [one.id for one in freed], call.now)
        data: dict[str, object] = {"quarantine": found.id, "reason": reason, "versions": len(freed)}
        where = {"namespace_id": version.namespace_id, "model_id": version.model_id} if version else {}
        told = [Entry(Action.QUARANTINE_RELEASED, found.subject, data, **where)]
        told += reach.news(freed, Action.VERSION_RELEASED, {"quarantine": found.id, "reason": reason})
        append.append(tx, actor=call.actor, now=call.now, entries=told)
        consequences.quarantine_changed(tx, call, freed)
        return quarantines.there(tx, found.id)


def _find(tx: Tx, call: Call, which: str) -> Quarantine:
    seen = reach.seen(tx, call)
    if which.isascii() and which.isdigit():
        found = quarantines.get(tx, int(which[:18]), seen)
    else:
        found = quarantines.open_over(tx, str(reach.pinned(tx, call, recall.parse(which))[0]), seen)
    if found is None:
        raise NotFound(f"There is no open quarantine {which[:200]}.", hint="List them with `holotype quarantines`.")
    return found
