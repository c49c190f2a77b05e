"""How is something recalled, with everything that was built on it?

1. What the recall reaches is walked, through all models; the caller may recall every part of it.
2. What is in quarantine already stays so: what is built on it later is held from its registration on.
3. In one transaction every version is held, open promotions lose their approvals, and the ledger tells it: once for
   the act, and once in the history of each version.
"""

from __future__ import annotations

from holotype.access import rules
from holotype.catalogue import versions
from holotype.domain import names, recall
from holotype.domain.entities import Quarantine
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.errors import AlreadyExists, Invalid
from holotype.governance import quarantines
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations import consequences, once
from holotype.operations import recall as reach
from holotype.operations.call import Call


def quarantine(call: Call, subject: str, *, reason: str) -> Quarantine:
    """Recall a version, a data set or a parent, with everything that was built on it, and return the quarantine."""
    rules.require_somewhere(call.actor, Permission.VERSION_QUARANTINE)
    if not names.text(reason, "reason").strip():
        raise Invalid("A quarantine needs a reason.", hint="Say in a few words why, with --reason.")
    wanted = recall.parse(subject)
    mark = once.fingerprint("quarantine", subject, reason)
    with call.write() as tx:
        done = once.recall(tx, call, mark)
        if done is not None:
            return quarantines.there(tx, int(done))
        wanted, version = reach.pinned(tx, call, wanted)
        affected = reach.reached(tx, wanted, version)  # 1
        reach.require(call, version, affected)
        if (same := quarantines.open_over(tx, str(wanted))) is not None:  # 2
            raise AlreadyExists(f"{wanted} is in quarantine {same.id} already: {same.reason}.", hint="Nothing changed.")
        made = quarantines.insert(
            tx, str(wanted), reason, by=call.actor.name, now=call.now, version_ids=[one.id for one in affected]
        )
        versions.quarantine(tx, [one.id for one in affected], call.now)  # 3
        data: dict[str, object] = {"quarantine": made, "reason": reason, "versions": len(affected)}
        where = {"namespace_id": version.namespace_id, "model_id": version.model_id} if version else {}
        told = [Entry(Action.QUARANTINE_OPENED, str(wanted), data, **where)]
        told += reach.news(affected, Action.VERSION_QUARANTINED, {"quarantine": made, "reason": reason})
        append.append(tx, actor=call.actor, now=call.now, entries=told)
        consequences.quarantine_changed(tx, call, affected)
        once.remember(tx, call, mark, str(made))
        return quarantines.there(tx, made)
