"""How does an override end before its time, and how does it stop being shown after it? Somebody closes it."""

from __future__ import annotations

from dataclasses import replace

from holotype.access import rules
from holotype.catalogue import versions
from holotype.db import Tx
from holotype.domain.entities import Override, Version
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.errors import NotFound
from holotype.governance import overrides
from holotype.ledger import append
from holotype.operations import entries
from holotype.operations.call import Call


def close_override(call: Call, identifier: int) -> Override:
    """Close an override and return it; one that is closed is returned as it is."""
    with call.write() as tx:
        found, version = _seen(tx, call, identifier)
        where = {"namespace": version.namespace, "model": version.model, "stage": found.target}
        rules.require(call.actor, Permission.PROMOTION_OVERRIDE, **where)
        if found.closed_at is not None:
            return found
        overrides.close(tx, found.id, by=call.actor.name, now=call.now)
        data: dict[str, object] = {"override": found.id, "to": found.target, "gates": list(found.gates)}
        entry = entries.about(version, Action.OVERRIDE_CLOSED, data)
        append.append(tx, actor=call.actor, now=call.now, entries=[entry])
        return replace(found, closed_at=call.now, closed_by=call.actor.name)


def _seen(tx: Tx, call: Call, identifier: int) -> tuple[Override, Version]:
    found = overrides.get(tx, identifier)
    if found is not None:
        version = versions.by_ids(tx, [found.version_id])[0]
        if rules.may(call.actor, Permission.MODEL_READ, namespace=version.namespace, model=version.model):
            return found, version
    raise NotFound(f"There is no override {identifier}.", hint="List them with `holotype override ls`.")
