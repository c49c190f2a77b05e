"""How does a stage get back the version that it held before?

1. The caller may.
2. The stage holds one version at a time, so that "before" has a meaning.
3. The ledger knows who held it before; deleted versions are passed over.
4. The move is written like any other, as an event of its own kind.
"""

from __future__ import annotations

from holotype.access import rules
from holotype.catalogue import labels, versions
from holotype.db import Tx
from holotype.domain import lifecycle, names
from holotype.domain.entities import Promotion, Version
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import Conflict, Invalid
from holotype.ledger import labels as spans
from holotype.operations import locking, moving, once
from holotype.operations.call import Call


def rollback(call: Call, model: Reference, stage: str, *, reason: str) -> Promotion:
    """Move the version that a stage held before back into it."""
    rules.require(call.actor, Permission.VERSION_PROMOTE, namespace=model.namespace, model=model.model)  # 1
    if not names.text(reason, "reason").strip():
        raise Invalid("A rollback needs a reason.", hint="Say in a few words why, with --reason.")
    if not lifecycle.stage(stage).single:  # 2
        raise Invalid(f"{stage} holds any number of versions, so there is nothing to go back to.", hint="Move one.")
    mark = once.fingerprint("rollback", str(model), stage, reason)
    with call.write() as tx:
        done = once.recall(tx, call, mark)
        if done is not None:
            return moving.told(tx, done)
        target = _before(tx, locking.lock(tx, model), model, stage)  # 3
        lifecycle.check_move(target.stage, stage, rollback=True)
        promotion = moving.move(tx, call, target, stage, action=Action.VERSION_ROLLED_BACK, reason=reason)  # 4
        once.remember(tx, call, mark, moving.tell(promotion))
        return promotion


def _before(tx: Tx, model_id: int, model: Reference, stage: str) -> Version:
    held = labels.in_stage(tx, model_id, stage)
    former = spans.previous(tx, model_id=model_id, label=stage, version_id=held[0] if held else None)
    usable = [version for version in versions.by_ids(tx, former) if version.deleted_at is None]
    if not usable:
        raise Conflict(
            f"No earlier version of {model.model_reference} was in {stage}.",
            hint=f"See `holotype history {model.model_reference}`.",
        )
    return usable[0]
