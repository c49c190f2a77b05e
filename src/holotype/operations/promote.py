"""How does a version move to another stage?

1. The caller may ask for it.
2. The policy in force has such a move.
3. Every gate of that move is asked; in a dry run that is all.
4. Stage, replaced version, ledger entries and the promotion itself are written in one transaction.

A gate that refuses is a result, not an error: raising would undo the entry that proves that it worked. Where the policy
wants approvals, step 4 writes a request that waits for them, and ``approve`` goes on from there. A protected alias is a
target like a stage.
"""

from __future__ import annotations

from holotype.access import rules
from holotype.catalogue import versions
from holotype.domain import names
from holotype.domain.entities import Promotion
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.governance import policies
from holotype.operations import judging, locking, once, previewing, requests, settling
from holotype.operations.call import Call


def promote(call: Call, reference: Reference, target: str, *, reason: str = "", dry_run: bool = False) -> Promotion:
    """Move a version to a stage, ask for it where others have to approve, or say which gates stand in the way."""
    rules.require(call.actor, Permission.PROMOTION_REQUEST, namespace=reference.namespace, model=reference.model)  # 1
    names.text(reason, "reason")
    mark = once.fingerprint("promote", str(reference), target, reason)
    previewing.prepared(call, reference)
    if dry_run:
        return previewing.preview(call, reference, target)
    with call.write() as tx:
        done = once.recall(tx, call, mark)
        if done is not None:
            return requests.one(tx, int(done))
        locking.lock(tx, reference)
        version = versions.find(tx, reference)
        policy = policies.in_force(tx, version.namespace_id)
        wish = judging.wished(tx, version, target, policy, call.actor.person_id)  # 2
        judged = judging.judge(tx, call, wish)  # 3
        made = settling.settle(tx, call, wish, judged, reason)  # 4
        once.remember(tx, call, mark, str(made))
        return requests.one(tx, made)
