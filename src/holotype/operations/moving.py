"""What is written when a version changes its stage? Shared by the verbs that move one."""

from __future__ import annotations

from typing import Any

import msgspec

from holotype.catalogue import labels, models, versions
from holotype.db import Tx
from holotype.domain import lifecycle, times
from holotype.domain.entities import Promotion, Version
from holotype.domain.events import Action
from holotype.ledger import append
from holotype.ledger import labels as spans
from holotype.ledger.append import Entry
from holotype.operations import entries
from holotype.operations.call import Call


def move(tx: Tx, call: Call, version: Version, target: str, *, action: Action, reason: str) -> Promotion:
    """Write a legal move; the caller holds the model's lock and has checked the lifecycle."""
    stage = lifecycle.stage(target)
    held = labels.in_stage(tx, version.model_id, target) if stage.single else []
    replaced = versions.by_ids(tx, held)
    moves = [(version, target, action)]
    moves += [(former, stage.replaced_to or lifecycle.NONE, Action.VERSION_REPLACED) for former in replaced]
    news = [_entry(moved, to, kind, reason, by=version) for moved, to, kind in moves]
    models.change(tx, version.model_id, call.now)
    sequences = append.append(tx, actor=call.actor, now=call.now, entries=news)
    for (moved, to, _), sequence in reversed(list(zip(moves, sequences, strict=True))):
        _write(tx, call, moved, to, sequence)
    after = versions.by_ids(tx, [version.id])[0]
    return Promotion("applied", after, version.stage, target, replaced[0] if replaced else None)


def tell(promotion: Promotion) -> str:
    """Return what is remembered of an applied move under its idempotency key."""
    replaced = promotion.replaced.id if promotion.replaced else None
    return msgspec.json.encode([promotion.version.id, promotion.source, promotion.target, replaced]).decode()


def told(tx: Tx, remembered: str) -> Promotion:
    """Return the promotion that was remembered."""
    version_id, source, target, replaced = msgspec.json.decode(remembered)
    found = versions.by_ids(tx, [version_id] + ([replaced] if replaced else []))
    return Promotion("applied", found[0], source, target, found[1] if replaced else None)


def _entry(version: Version, target: str, action: Action, reason: str, *, by: Version) -> Entry:
    data: dict[str, object] = {"from": version.stage, "to": target}
    if reason:
        data["reason"] = reason
    if action is Action.VERSION_REPLACED:
        data["by"] = by.number
    return entries.about(version, action, data)


def _write(tx: Tx, call: Call, version: Version, target: str, sequence: int) -> None:
    versions.change(tx, version.id, call.now, stage=target, stage_changed_at=times.to_micros(call.now))
    where: dict[str, Any] = {"model_id": version.model_id, "version_id": version.id}
    spans.leave(tx, label=version.stage, sequence=sequence, now=call.now, **where)
    spans.enter(tx, label=target, sequence=sequence, now=call.now, **where)
