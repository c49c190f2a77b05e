"""How does a version come into a stage for a client that knows no moves, only stages?

1. The caller may ask for moves.
2. A version that is there already stays; otherwise the shortest way of legal moves is looked for, through stages that
   hold any number of versions: nobody is to be driven out of a single one on the way.
3. Each move is a promotion of its own, with its gates, its approvals and its entry in the ledger. The first one that is
   not applied ends the way: what was applied before it stays, and the promotion says why. Asking again makes no second.
4. Where those that were there are to leave, a single stage has replaced its version already; in any other each of them
   is promoted to where replaced ones go.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from holotype.access import rules
from holotype.catalogue import labels, versions
from holotype.domain import lifecycle
from holotype.domain.entities import Promotion, Version
from holotype.domain.permissions import Permission
from holotype.domain.policy import Policy
from holotype.domain.references import Reference
from holotype.governance import policies
from holotype.governance.promotions import APPLIED
from holotype.operations.call import Call
from holotype.operations.promote_once import promote_once


def transition(
    call: Call, reference: Reference, stage: str, *, reason: str = "", replacing: bool = False
) -> Version | Promotion:
    """Bring a version into a stage and return it, or return the promotion that was refused or waits for approvals.

    With ``replacing``, those that are in the stage leave it.
    """
    rules.require(call.actor, Permission.PROMOTION_REQUEST, namespace=reference.namespace, model=reference.model)  # 1
    with call.read() as tx:
        version = versions.find(tx, reference)
        policy = policies.in_force(tx, version.namespace_id)
        target = policy.stage(stage.lower() if stage.lower() in policy.stages else stage).name
        held = labels.in_stage(tx, version.model_id, target) if replacing and not policy.stage(target).single else []
        others = versions.by_ids(tx, [one for one in held if one != version.id])
    for step in way(policy, version.stage, target):  # 2
        asked = _moved(call, version, step, reason)  # 3
        if asked.status != APPLIED:
            return asked
        version = asked.version
    away = policy.stage(target).replaced_to or _where_replaced(policy)
    for other in others:  # 4
        for step in way(policy, other.stage, away):
            asked = _moved(call, other, step, reason)
            if asked.status != APPLIED:
                return asked
    return version


def way(policy: Policy, source: str, target: str) -> list[str]:
    """Return the shortest way of legal moves, or raise ``IllegalMove`` where none leads there."""
    if source == target:
        return []
    seen, waiting = {source}, deque([(source, list[str]())])
    while waiting:
        at, before = waiting.popleft()
        for move in policy.moves:
            if at not in move.sources or move.target in seen:
                continue
            if move.target == target:
                return [*before, target]
            seen.add(move.target)
            if not policy.stage(move.target).single:
                waiting.append((move.target, [*before, move.target]))
    policy.move(source, target)  # there is none, and it says which there are
    return [target]


def _where_replaced(policy: Policy) -> str:
    """Return where versions go that something replaces, in a policy whose stage does not say so."""
    known = [stage.replaced_to for stage in policy.stages.values() if stage.replaced_to]
    return known[0] if known else lifecycle.ARCHIVED if lifecycle.ARCHIVED in policy.stages else policy.first


def _moved(call: Call, version: Version, target: str, reason: str) -> Promotion:
    """Promote one step; an idempotency key would stand for the whole way, and is spent by none of its steps."""
    return promote_once(replace(call, idempotency_key=None), version, target, reason=reason)
