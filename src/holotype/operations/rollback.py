"""How does a stage get back the version that it held before?

1. The caller may.
2. The stage holds one version at a time, so that "before" has a meaning.
3. The ledger knows who held it before. The first of them that still may is taken: it is not deleted, the gates that
   protect say yes, and the approvals that once let it in would do so today. Who is passed over is named, with why.
4. The move is written like any other, as an event of its own kind.
"""

from __future__ import annotations

from holotype.access import rules
from holotype.catalogue import labels, models, versions
from holotype.db import Tx
from holotype.domain import names
from holotype.domain.entities import Promotion, Version
from holotype.domain.permissions import Permission
from holotype.domain.policy import Policy, Rule
from holotype.domain.references import Reference
from holotype.errors import Conflict, Invalid
from holotype.governance import approvals, policies, promotions
from holotype.governance.approvals import APPROVED
from holotype.governance.promotions import ROLLBACK, Request
from holotype.ledger import labels as spans
from holotype.operations import judging, locking, once, requests, settling
from holotype.operations.call import Call
from holotype.operations.judging import Judgement, Wish

_CANDIDATES = 20
"""So many former holders are asked at most."""


def rollback(call: Call, model: Reference, stage: str, *, reason: str) -> Promotion:
    """Move the version that a stage held before, and that still may, back into it."""
    where = {"namespace": model.namespace, "model": model.model, "stage": stage}
    rules.require(call.actor, Permission.VERSION_PROMOTE, **where)  # 1
    if not names.text(reason, "reason").strip():
        raise Invalid("A rollback needs a reason.", hint="Say in a few words why, with --reason.")
    mark = once.fingerprint("rollback", str(model), stage, reason)
    with call.write() as tx:
        done = once.recall(tx, call, mark)
        if done is not None:
            return requests.one(tx, int(done))
        model_id = locking.lock(tx, model)
        policy = policies.in_force(tx, models.get(tx, model.namespace, model.model).namespace_id)
        if not policy.stage(stage).single:  # 2
            raise Invalid(f"{stage} holds any number of versions, so there is nothing to go back to.", hint="Move one.")
        wish, judged, passed_over = _before(tx, call, (model_id, model), stage, policy)  # 3
        note = f"Passed over: {' '.join(passed_over)}" if passed_over else ""
        made = settling.carry_out(tx, call, wish, judged, waiting=None, reason=reason, note=note)  # 4
        once.remember(tx, call, mark, str(made))
        return requests.one(tx, made)


def _before(
    tx: Tx, call: Call, model: tuple[int, Reference], stage: str, policy: Policy
) -> tuple[Wish, Judgement, list[str]]:
    """Return the way back to the last former holder that still may, and who is passed over with the reason."""
    model_id, reference = model
    held = labels.in_stage(tx, model_id, stage)
    former = spans.previous(tx, model_id=model_id, label=stage, version_id=held[0] if held else None)
    passed_over: list[str] = []
    for version in versions.by_ids(tx, former[:_CANDIDATES]):
        found = _may_return(tx, call, version, stage, policy)
        if not isinstance(found, str):
            return *found, passed_over
        passed_over.append(f"{version.reference}: {found}")
    name = reference.model_reference
    if passed_over:
        raise Conflict(
            f"No earlier version of {name} may go back to {stage}. {' '.join(passed_over)}",
            hint=f"Promote another version (`holotype history {name}`), in an emergency with `holotype override open`.",
        )
    raise Conflict(f"No earlier version of {name} was in {stage}.", hint=f"See `holotype history {name}`.")


def _may_return(tx: Tx, call: Call, version: Version, stage: str, policy: Policy) -> tuple[Wish, Judgement] | str:
    """Return the way back of a version, or in a sentence why there is none."""
    if version.deleted_at is not None:
        return "It was deleted."
    former = promotions.last_applied(tx, version.id, stage)
    decisions = approvals.of(tx, [former.id])[former.id] if former is not None else []
    standing = [one for one in decisions if one.approval.decision == APPROVED and one.approval.voided is None]
    given = judging.with_standing(tx, standing, version, stage)
    why = f"The policy has no move to {stage} any more."
    for rule in ways_back(policy, former, stage):
        requester = former.requester_id if former is not None else None
        wish = Wish(version, ROLLBACK, version.stage, stage, rule, policy, requester)
        judged = judging.judge(tx, call, wish, given, rollback=True)
        if judged.passed:
            return wish, judged
        why = " ".join(one.reason for one in judged.verdicts if not one.passed)
    return why


def ways_back(policy: Policy, former: Request | None, stage: str) -> list[Rule]:
    """Return the rules by one of which a version may return: of the move that it once made, or else of any to there."""
    there = [one for one in policy.moves if one.target == stage]
    same = [one for one in there if former is not None and former.source in one.sources]
    return [one.rule for one in same or there]
