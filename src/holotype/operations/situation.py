"""How does a version stand now? Where it may go, what holds it, what was asked for, and what lies beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from holotype.access import rules
from holotype.catalogue import versions
from holotype.db import Tx
from holotype.domain.entities import Override, Promotion, Quarantine, Version
from holotype.domain.permissions import Permission
from holotype.domain.policy import Move, Policy
from holotype.domain.references import Reference
from holotype.governance import evidence, overrides, policies, promotions, quarantines
from holotype.governance.promotions import PENDING, STAGE
from holotype.operations import recall, requests
from holotype.operations.call import Call

_LAST = 20


@dataclass(frozen=True, slots=True)
class Way:
    """A move that the policy has for a version from where it is: its gates, and how many persons have to approve.

    ``lacks`` is the permission that the caller would need to ask for it, ``waiting`` the promotion that does already.
    """

    target: str
    gates: tuple[str, ...] = ()
    approvals: int = 0
    automatic: bool = False
    lacks: Permission | None = None
    waiting: int | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """What is around a version. ``before``, ``after`` and ``production`` are numbers of versions of its model.

    ``promotions`` are the last that were asked for, the newest first; ``protected`` are the patterns of the aliases
    that move by promotion alone; ``holding`` says whether its stage keeps it from being deleted.
    """

    version: Version
    policy: int = 0
    before: int | None = None
    after: int | None = None
    production: int | None = None
    ways: tuple[Way, ...] = ()
    quarantines: tuple[Quarantine, ...] = ()
    overrides: tuple[Override, ...] = ()
    promotions: tuple[Promotion, ...] = ()
    evidence: Mapping[str, int] = field(default_factory=dict)
    protected: tuple[str, ...] = ()
    holding: bool = False


def situation(call: Call, reference: Reference, *, deleted: bool = False) -> Situation:
    """Return how a version stands; with ``deleted`` also one that was deleted, which goes nowhere."""
    rules.require(call.actor, Permission.MODEL_READ, namespace=reference.namespace, model=reference.model)
    with call.read() as tx:
        version = versions.find(tx, reference, deleted=deleted)
        policy = policies.in_force(tx, version.namespace_id)
        before, after, production = versions.beside(tx, version)
        asked = requests.whole(tx, promotions.of_version(tx, version.id, _LAST))
        return Situation(
            version=version,
            policy=policy.number,
            before=before,
            after=after,
            production=production,
            ways=_ways(call, version, policy, asked),
            quarantines=_quarantines(tx, call, version),
            overrides=tuple(overrides.of_version(tx, version.id)),
            promotions=tuple(asked),
            evidence=evidence.counted(tx, version.id),
            protected=tuple(one.pattern for one in policy.aliases),
            holding=version.stage in policy.holding,
        )


def _ways(call: Call, version: Version, policy: Policy, asked: list[Promotion]) -> tuple[Way, ...]:
    """Return the moves in the order of the stages."""
    if version.deleted_at is not None:
        return ()
    waiting = {one.target: one.id for one in asked if one.status == PENDING and one.kind == STAGE}
    moves = {one.target: one for one in reversed(policy.moves) if version.stage in one.sources}
    return tuple(
        Way(
            target=target,
            gates=tuple(use.gate for use in move.rule.gates),
            approvals=sum(one.count for one in move.rule.approvals),
            automatic=move.rule.automatic,
            lacks=_lacks(call, version, move),
            waiting=waiting.get(target),
        )
        for target in policy.stages
        if (move := moves.get(target)) is not None
    )


def _lacks(call: Call, version: Version, move: Move) -> Permission | None:
    """Return the permission without which the caller may not ask for a move: one more where nobody approves it."""
    where = {"namespace": version.namespace, "model": version.model}
    if not rules.may(call.actor, Permission.PROMOTION_REQUEST, **where):
        return Permission.PROMOTION_REQUEST
    alone = not move.rule.approvals
    if alone and not rules.may(call.actor, Permission.VERSION_PROMOTE, **where, stage=move.target):
        return Permission.VERSION_PROMOTE
    return None


def _quarantines(tx: Tx, call: Call, version: Version) -> tuple[Quarantine, ...]:
    if version.quarantined_at is None:
        return ()
    found = quarantines.of_version(tx, version.id, recall.seen(tx, call))
    return tuple(recall.told(tx, call, found))
