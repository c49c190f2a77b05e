"""Which imported versions change their stage? Planned in the order of their numbers, then written at once.

A stage that holds one version gets the highest number of those that are in it over there; a lower one that an import
had put there steps back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from holotype.catalogue import labels, versions
from holotype.catalogue.imports import Found
from holotype.db import Tx
from holotype.domain import times
from holotype.domain.entities import Version
from holotype.domain.events import Action
from holotype.domain.imports import ImportedLabels, LeftOut
from holotype.domain.policy import Policy
from holotype.governance.promotions import STAGE
from holotype.ledger import append
from holotype.ledger import imports as record
from holotype.ledger import labels as spans
from holotype.operations import entries, moving
from holotype.operations.call import Call

_MOVES = {Action.VERSION_MOVED.value, Action.VERSION_REPLACED.value, Action.VERSION_ROLLED_BACK.value}
Changes = dict[int, set[str]]


@dataclass(slots=True)
class Plan:
    """The moves to write, in order, and what cannot be moved."""

    moves: list[tuple[Version, str]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def plan(
    tx: Tx, model_id: int, policy: Policy, known: Sequence[tuple[ImportedLabels, Found]], changes: Changes
) -> Plan:
    """Return which versions move where; the caller holds the model's lock."""
    made = Plan()
    held: dict[str, list[Version]] = {}
    wished = [(one, found, _target(policy, one)) for one, found in known]
    wished.sort(
        key=lambda wish: wish[2] is not None and policy.stage(wish[2]).single
    )  # who leaves such a one goes first
    for one, found, target in wished:
        version = found.sourced.version
        if target is None:
            made.left_out.append(
                LeftOut(version.reference, f"stage {one.stage[:80]!r}", "the policy has no such stage")
            )
        elif target != version.stage:
            why = _objection(version, target, policy, changes)
            why = why or _displace(tx, (model_id, policy, held), version, target, made)
            if why:
                made.left_out.append(_stays(version, one, why))
            else:
                made.moves.append((version, target))
    return made


def _target(policy: Policy, one: ImportedLabels) -> str | None:
    return next((name for name in policy.stages if name.casefold() == one.stage.casefold()), None)


def _stays(version: Version, one: ImportedLabels, why: str) -> LeftOut:
    return LeftOut(version.reference, f"stage {one.stage[:80]!r}", why)


def _objection(version: Version, target: str, policy: Policy, changes: Changes) -> str | None:
    if _MOVES & changes.get(version.id, set()):
        return "it was moved here since"
    if version.quarantined_at is not None and not moving.is_way_out(policy, STAGE, target):
        return "it is in quarantine"
    return None


def _displace(
    tx: Tx, where: tuple[int, Policy, dict[str, list[Version]]], version: Version, target: str, made: Plan
) -> str | None:
    """Make room in a stage that holds one version, or say why not."""
    model_id, policy, held = where
    if not policy.stage(target).single:
        return None
    if target not in held:
        held[target] = versions.by_ids(tx, labels.in_stage(tx, model_id, target))
    leaving = {moved.id for moved, to in made.moves if to != target}
    others = [other for other in held[target] if other.id != version.id and other.id not in leaving]
    for other in others:
        if other.number > version.number:
            return f"it holds one version here, and version {other.number} is in it"
        if _MOVES & record.changes(tx, [other.id]).get(other.id, set()):
            return f"it holds one version here, and people put version {other.number} there"
    for other in others:
        made.moves = [move for move in made.moves if move[0].id != other.id]
        made.left_out.append(LeftOut(other.reference, f"stage {target!r}", f"version {version.number} is in it"))
        if other.stage == target:
            made.moves.append((other, policy.first))
    held[target] = [version]
    return None


def write(tx: Tx, call: Call, planned: Plan, origin: str) -> int:
    """Write the moves with their ledger entries; return how many there were."""
    told = [
        entries.about(one, Action.STAGE_IMPORTED, {"from": one.stage, "to": target, "origin": origin})
        for one, target in planned.moves
    ]
    sequences = append.append(tx, actor=call.actor, now=call.now, entries=told)
    for (version, target), sequence in zip(planned.moves, sequences, strict=True):
        where: dict[str, Any] = {"model_id": version.model_id, "version_id": version.id}
        versions.change(tx, version.id, call.now, stage=target, stage_changed_at=times.to_micros(call.now))
        spans.leave(tx, label=version.stage, sequence=sequence, now=call.now, **where)
        spans.enter(tx, label=target, sequence=sequence, now=call.now, **where)
    return len(planned.moves)
