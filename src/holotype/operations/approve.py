"""How does somebody approve a promotion, and what follows when they were the last who was needed?

1. The caller may know of it, and may approve moves to its target.
2. It is still open: neither decided nor expired, and the policy still has the move.
3. The approval is written, bound to the digest, the evidence and the policy of this moment; a person counts once.
4. Every gate is asked again, the approvals among them.
5. Nothing stands in the way: stage, replaced version and ledger move in this transaction. A gate does: the approvals
   are voided and say so. Only people are lacking: it goes on waiting.
"""

from __future__ import annotations

from dataclasses import replace

from holotype.access import rules
from holotype.db import Tx
from holotype.domain import names
from holotype.domain.entities import Approval, Promotion, Version
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.domain.policy import ApprovalRule
from holotype.errors import Denied
from holotype.gates.approvals import counting
from holotype.gates.facts import Facts
from holotype.governance import approvals, policies
from holotype.governance.promotions import Request
from holotype.ledger import append
from holotype.operations import entries, expiring, judging, once, reconsidering, requests, settling
from holotype.operations.call import Call
from holotype.operations.judging import Judgement


def approve(call: Call, identifier: int, *, comment: str = "") -> Promotion:
    """Approve a promotion and return it: applied, if nobody else is needed."""
    names.text(comment, "comment")
    mark = once.fingerprint("approve", identifier, comment)
    with call.write() as tx:
        request, version = requests.locked(tx, call, identifier)
        if once.recall(tx, call, mark) is None:
            may_decide(call, request, version)  # 1
            _decide(tx, call, request, version, comment)
            once.remember(tx, call, mark, "approved")
        return requests.one(tx, identifier)


def may_decide(call: Call, request: Request, version: Version) -> None:
    """Raise unless the caller may approve or reject moves to the target of a request."""
    where = {"namespace": version.namespace, "model": version.model, "stage": request.target}
    rules.require(call.actor, Permission.PROMOTION_APPROVE, **where)


def _decide(tx: Tx, call: Call, request: Request, version: Version, comment: str) -> None:
    requests.check_open(request)  # 2
    if expiring.expired(tx, call, request, version):
        return
    policy = policies.in_force(tx, request.namespace_id)
    wish = judging.again(tx, request, version, policy)
    if request.policy != policy.number or isinstance(wish, str):
        reconsidering.reconsider_one(tx, call, request, version, policy)
        return
    given = judging.approvals_of(tx, request, version, policy)
    if any(one.person_id == call.actor.person_id for one in given):
        return
    approvals.insert(tx, request, call.actor, approvals.APPROVED, comment, call.now)  # 3
    _record(tx, call, request, version, comment)
    judged = judging.judge(tx, call, wish, judging.approvals_of(tx, request, version, policy))  # 4
    _check_counts(call, judged)
    if judged.passed:  # 5
        settling.carry_out(tx, call, wish, judged, waiting=request, reason=request.reason)
    else:
        reconsidering.hear(tx, call, request, wish, judged)


def _check_counts(call: Call, judged: Judgement) -> None:
    """Raise where the approval of this caller is none of those that are asked for: it would only look like one.

    So it does where only a role that the token at hand does not bear makes it count.
    """
    known = judged.facts
    given = tuple(_borne(call, one, known) for one in known.approvals)
    before, now = _counted(call, known), _counted(call, replace(known, approvals=given))
    if not now or before != now:
        why = next((one.reason for one in judged.verdicts if one.gate == judging.APPROVALS), "")
        raise Denied(
            f"An approval by {call.actor.name} does not count here. {why}".strip(),
            hint="`holotype promotion show` says who is asked for.",
            permission=Permission.PROMOTION_APPROVE.value,
            subject=judged.facts.candidate.version.reference,
        )


def _counted(call: Call, known: Facts) -> list[ApprovalRule]:
    """Return the rules for which the caller counts."""
    who = call.actor.person_id
    return [rule for rule in known.rules if any(one.person_id == who for one in counting(rule, known))]


def _borne(call: Call, given: Approval, known: Facts) -> Approval:
    if given.person_id != call.actor.person_id:
        return given
    version = known.candidate.version
    where = {"namespace": version.namespace, "model": version.model, "stage": known.target}
    return replace(given, roles=rules.borne(call.actor, given.roles, **where))


def _record(tx: Tx, call: Call, request: Request, version: Version, comment: str) -> None:
    data: dict[str, object] = {
        "promotion": request.id,
        "to": request.target,
        "policy": request.policy,
        "evidence": list(request.evidence),
    }
    if comment:
        data["comment"] = comment
    entry = entries.about(version, Action.PROMOTION_APPROVED, data)
    append.append(tx, actor=call.actor, now=call.now, entries=[entry])
