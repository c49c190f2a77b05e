"""What is written when a version changes its stage? Shared by the verbs that move one.

The caller holds the model's lock and has asked the policy. A version in quarantine is never moved but out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from holotype.catalogue import labels, models, versions
from holotype.db import Tx
from holotype.domain import times
from holotype.domain.entities import Version
from holotype.domain.events import Action
from holotype.domain.policy import Policy
from holotype.governance.promotions import STAGE
from holotype.ledger import append
from holotype.ledger import labels as spans
from holotype.ledger.append import Entry
from holotype.operations import entries
from holotype.operations.call import Call
from holotype.operations.recall import refuse_quarantined


def occupants(tx: Tx, version: Version, target: str, policy: Policy) -> list[Version]:
    """Return the versions that have to leave a stage when this one comes: of a single stage, those that hold it."""
    held = labels.in_stage(tx, version.model_id, target) if policy.stage(target).single else []
    return versions.by_ids(tx, [one for one in held if one != version.id]) if held else []


def move(
    tx: Tx,
    call: Call,
    version: Version,
    target: str,
    policy: Policy,
    *,
    replaced: Sequence[Version],
    action: Action,
    data: Mapping[str, object],
) -> Version:
    """Write a move and the moves of those that it replaces, with their ledger entries; return the version after it."""
    if not is_way_out(policy, STAGE, target):
        refuse_quarantined(tx, version)
    away = policy.stage(target).replaced_to or policy.first
    moves = [(version, target, action)] + [(former, away, Action.VERSION_REPLACED) for former in replaced]
    news = [_entry(moved, to, kind, data, by=version) for moved, to, kind in moves]
    models.change(tx, version.model_id, call.now)
    sequences = append.append(tx, actor=call.actor, now=call.now, entries=news)
    for (moved, to, _), sequence in reversed(list(zip(moves, sequences, strict=True))):
        _write(tx, call, moved, to, sequence)
    return versions.by_ids(tx, [version.id])[0]


def is_way_out(policy: Policy, kind: str, target: str) -> bool:
    """Say whether a stage is where versions go that are in use no more: ``none``, or where replaced ones go."""
    return kind == STAGE and (target == policy.first or target in {one.replaced_to for one in policy.stages.values()})


def _entry(version: Version, target: str, action: Action, data: Mapping[str, object], *, by: Version) -> Entry:
    told: dict[str, object] = {"from": version.stage, "to": target, **data}
    if action is Action.VERSION_REPLACED:
        told["by"] = by.number
    return entries.about(version, action, told)


def _write(tx: Tx, call: Call, version: Version, target: str, sequence: int) -> None:
    versions.change(tx, version.id, call.now, stage=target, stage_changed_at=times.to_micros(call.now))
    where: dict[str, Any] = {"model_id": version.model_id, "version_id": version.id}
    spans.leave(tx, label=version.stage, sequence=sequence, now=call.now, **where)
    spans.enter(tx, label=target, sequence=sequence, now=call.now, **where)
