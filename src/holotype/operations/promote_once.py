"""How does a version move for a client that asks again whenever it was told no?

MLflow's clients, and the jobs that run them, repeat what failed. What waits for approvals is answered by the promotion
that waits, whoever asked for it; what a gate refused, by the promotion that says so, as long as the same person asks
and nothing changed that it rests on: the policy, the evidence, the version in place, every verdict.
"""

from __future__ import annotations

from holotype.domain.entities import Promotion, Version
from holotype.domain.references import Reference
from holotype.governance import promotions
from holotype.governance.promotions import PENDING, REFUSED
from holotype.operations import previewing, requests
from holotype.operations.call import Call
from holotype.operations.promote import promote


def promote_once(call: Call, version: Version, target: str, *, reason: str = "") -> Promotion:
    """Promote a version, or return the promotion that was made before and says what another one would."""
    here = Reference(version.namespace, version.model, str(version.number))
    before = _before(call, version, target)
    if before is not None and _still_holds(before, previewing.preview(call, here, target), call):
        return before
    return promote(call, here, target, reason=reason)


def _before(call: Call, version: Version, target: str) -> Promotion | None:
    """Return what was asked last about a version and a target, where it waits or was refused."""
    with call.read() as tx:
        last = promotions.last_asked(tx, version.id, target)
        if last is None or last.status not in (PENDING, REFUSED):
            return None
        return requests.whole(tx, [last])[0]


def _still_holds(before: Promotion, now: Promotion, call: Call) -> bool:
    """Say whether asking again would change nothing about a promotion."""
    if before.status == PENDING:
        in_time = before.expires_at is None or before.expires_at > call.now
        return in_time and not all(verdict.passed for verdict in now.verdicts)
    same_person = before.requester_id == (call.actor.person_id or 0)
    return now.status == REFUSED and same_person and _basis(before) == _basis(now)


def _basis(one: Promotion) -> tuple[object, ...]:
    """Return what a refusal says, and what it rests on."""
    return one.kind, one.source, one.policy, one.incumbent_id, one.evidence, one.verdicts
