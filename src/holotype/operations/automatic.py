"""Which moves happen by themselves? Those that the policy calls automatic, once all their gates pass.

They fire when evidence arrives, and the worker asks again every minute, for gates that ripen with time. Who moved is
the registry itself, ``holotype``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from holotype.catalogue import versions
from holotype.db import Tx
from holotype.domain.entities import Actor, Version
from holotype.domain.permissions import Permission
from holotype.domain.policy import Move, Policy
from holotype.governance import policies
from holotype.operations import judging, settling
from holotype.operations.bootstrap import SYSTEM
from holotype.operations.call import Call

REGISTRY = Actor(SYSTEM, None, frozenset(Permission))
REASON = "automatic: every gate passes"


def fire(tx: Tx, call: Call, version: Version) -> bool:
    """Carry out the automatic moves of a version whose gates all pass, and say whether there was one.

    The version is read again: whoever learnt something may have looked for minutes, while it moved or was recalled.
    """
    policy = policies.in_force(tx, version.namespace_id)
    if not any(one.rule.automatic for one in policy.moves):
        return False
    version = versions.by_ids(tx, [version.id])[0]
    call = replace(call, actor=REGISTRY, idempotency_key=None)
    been = {version.stage}
    while version.deleted_at is None and (after := _step(tx, call, version, policy, been)) is not None:
        version = after
        been.add(version.stage)
    return len(been) > 1


def ready(tx: Tx, call: Call, version: Version, policy: Policy) -> bool:
    """Say whether an automatic move of a version could fire now; nothing is written."""
    return any(_passes(tx, call, version, policy, move) for move in _open(version, policy, {version.stage}))


def _step(tx: Tx, call: Call, version: Version, policy: Policy, been: set[str]) -> Version | None:
    """Carry out the first automatic move that may be, and return the version after it."""
    for move in _open(version, policy, been):
        wish = judging.to_stage(version, move.target, policy, None)
        judged = judging.judge(tx, call, wish)
        if judged.passed:
            settling.carry_out(tx, call, wish, judged, waiting=None, reason=REASON)
            return versions.by_ids(tx, [version.id])[0]
    return None


def _open(version: Version, policy: Policy, been: set[str]) -> Iterator[Move]:
    by_itself = (one for one in policy.moves if one.rule.automatic and not one.rule.approvals)
    yield from (one for one in by_itself if version.stage in one.sources and one.target not in been)


def _passes(tx: Tx, call: Call, version: Version, policy: Policy, move: Move) -> bool:
    return judging.judge(tx, call, judging.to_stage(version, move.target, policy, None)).passed
