"""How does a version move to another stage?

1. The caller may.
2. The lifecycle has such a move.
3. In a dry run, say what would happen and change nothing.
4. Stage, replaced version, ledger entries and label history are written in one transaction.
"""

from __future__ import annotations

from holotype.access import rules
from holotype.catalogue import labels, versions
from holotype.domain import lifecycle, names
from holotype.domain.entities import Promotion
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.operations import locking, moving, once
from holotype.operations.call import Call


def promote(call: Call, reference: Reference, target: str, *, reason: str = "", dry_run: bool = False) -> Promotion:
    """Move a version to a stage; the version that a single stage held before goes where the stage sends it."""
    rules.require(call.actor, Permission.VERSION_PROMOTE, namespace=reference.namespace, model=reference.model)  # 1
    names.text(reason, "reason")
    mark = once.fingerprint("promote", str(reference), target, reason)
    if dry_run:
        return _preview(call, reference, target)  # 3
    with call.write() as tx:
        done = once.recall(tx, call, mark)
        if done is not None:
            return moving.told(tx, done)
        locking.lock(tx, reference)
        version = versions.find(tx, reference)
        lifecycle.check_move(version.stage, target)  # 2
        promotion = moving.move(tx, call, version, target, action=Action.VERSION_MOVED, reason=reason)  # 4
        once.remember(tx, call, mark, moving.tell(promotion))
        return promotion


def _preview(call: Call, reference: Reference, target: str) -> Promotion:
    with call.read() as tx:
        version = versions.find(tx, reference)
        stage = lifecycle.check_move(version.stage, target)
        held = labels.in_stage(tx, version.model_id, target) if stage.single else []
        replaced = versions.by_ids(tx, held)[0] if held else None
    return Promotion("possible", version, version.stage, target, replaced)
