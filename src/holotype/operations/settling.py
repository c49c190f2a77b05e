"""What becomes of a wish once the gates have spoken? Written in the verb's transaction, ledger entries included.

nothing stands in the way         applied   the version moves, whoever it replaces leaves
a gate does                       refused   nothing moves; that is a result, and the ledger keeps it
only approvals are lacking        pending   it waits for people until it expires
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from holotype.access import rules
from holotype.db import Tx
from holotype.domain.entities import Actor
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.errors import Conflict, Denied
from holotype.governance import promotions
from holotype.governance.promotions import ALIAS, APPLIED, PENDING, REFUSED, ROLLBACK, Request
from holotype.ledger import append
from holotype.operations import aliasing, entries, expiring, moving, reconsidering
from holotype.operations.call import Call
from holotype.operations.judging import Judgement, Wish

OPEN_LIMIT = 25
"""How many requests about one model may wait: each is asked again whenever the model changes."""


def settle(tx: Tx, call: Call, wish: Wish, judged: Judgement, reason: str) -> int:
    """Apply, refuse or keep a wish that was just made, and return the id of its request."""
    check_rights(call, wish)
    waiting = promotions.open_one(tx, wish.version.id, wish.kind, wish.target)
    if waiting is not None and expiring.expired(tx, call, waiting, wish.version):
        waiting = None
    if judged.passed and may_apply(call.actor, wish):
        return carry_out(tx, call, wish, judged, waiting=waiting, reason=reason)
    if waiting is not None:
        raise Conflict(
            f"{wish.version.reference} is waiting for {wish.target} already: promotion {waiting.id}.",
            hint=f"See `holotype promotion show {waiting.id}`, or end it with `holotype withdraw {waiting.id}`.",
        )
    if judged.against:
        return refuse(tx, call, wish, judged, reason)
    return _keep(tx, call, wish, judged, reason)


def check_rights(call: Call, wish: Wish) -> None:
    """Raise unless the caller may make this wish: where nobody has to approve it, it takes the right to move."""
    permission = Permission.PROMOTION_REQUEST if wish.rule.approvals else Permission.VERSION_PROMOTE
    version = wish.version
    stage = None if wish.rule.approvals else wish.target
    rules.require(call.actor, permission, namespace=version.namespace, model=version.model, stage=stage)


def may_apply(actor: Actor, wish: Wish) -> bool:
    """Say whether somebody may move a version there themselves."""
    version = wish.version
    where = {"namespace": version.namespace, "model": version.model, "stage": wish.target}
    return rules.may(actor, Permission.VERSION_PROMOTE, **where)


def carry_out(
    tx: Tx, call: Call, wish: Wish, judged: Judgement, *, waiting: Request | None, reason: str, note: str = ""
) -> int:
    """Move the version of a wish that nothing stands in the way of; return the id of its request, old or new."""
    alias = wish.kind == ALIAS
    replaced = [] if alias else moving.occupants(tx, wish.version, wish.target, wish.policy)
    ended: dict[str, Any] = {
        "status": APPLIED,
        "replaced_id": replaced[0].id if replaced else None,
        "ended_at": call.now,
        "note": note,
    }
    if waiting is None:
        made = promotions.insert(tx, _row(call, wish, judged, reason) | ended)
    else:
        made, reason = waiting.id, waiting.reason
        promotions.change(tx, made, **ended, **reconsidering.asked(judged, wish.policy))
    data = {"promotion": made, **_told(wish, judged, reason)}
    if alias:
        aliasing.point(tx, call, wish.version, wish.target, data)
        reconsidering.model_changed(tx, call, wish.version.model_id, targets={wish.target})
    else:
        action = Action.VERSION_ROLLED_BACK if wish.kind == ROLLBACK else Action.VERSION_MOVED
        moving.move(tx, call, wish.version, wish.target, wish.policy, replaced=replaced, action=action, data=data)
        moved = {wish.version.id, *(one.id for one in replaced)}
        reconsidering.model_changed(tx, call, wish.version.model_id, moved, {wish.version.stage, wish.target})
    return made


def refuse(tx: Tx, call: Call, wish: Wish, judged: Judgement, reason: str) -> int:
    """Write down that gates refused a wish, and return the id of its request."""
    made = promotions.insert(tx, _row(call, wish, judged, reason) | {"status": REFUSED, "ended_at": call.now})
    why = [f"{one.gate}: {one.reason}" for one in judged.against]
    _append(tx, call, wish, Action.PROMOTION_REFUSED, {"promotion": made, "gates": why}, reason)
    return made


def _keep(tx: Tx, call: Call, wish: Wish, judged: Judgement, reason: str) -> int:
    if not wish.rule.approvals:  # everything passed, and yet the caller may not apply it
        raise Denied(f"You may not move {wish.version.reference} to {wish.target}.")
    if len(promotions.pending_of_model(tx, wish.version.model_id)) >= OPEN_LIMIT:
        raise Conflict(
            f"{OPEN_LIMIT} promotions of {wish.version.namespace}/{wish.version.model} are waiting already.",
            hint="Decide or withdraw some: `holotype promotion ls --status pending`.",
        )
    expires = call.now + wish.rule.expires
    made = promotions.insert(tx, _row(call, wish, judged, reason) | {"status": PENDING, "expires_at": expires})
    data = {"promotion": made, "policy": wish.policy.number, "evidence": list(judged.evidence)}
    _append(tx, call, wish, Action.PROMOTION_REQUESTED, data, reason)
    return made


def _row(call: Call, wish: Wish, judged: Judgement, reason: str) -> dict[str, Any]:
    version = wish.version
    return {
        "namespace_id": version.namespace_id,
        "model_id": version.model_id,
        "version_id": version.id,
        "digest": version.digest,
        "kind": wish.kind,
        "source": wish.source,
        "target": wish.target,
        "replaced_id": None,
        "requester_id": wish.requester_id or 0,
        "requested_by": call.actor.name,
        "created_at": call.now,
        "expires_at": None,
        "ended_at": None,
        "reason": reason,
        "note": "",
        **reconsidering.asked(judged, wish.policy),
    }


def _told(wish: Wish, judged: Judgement, reason: str) -> dict[str, object]:
    """Return what the ledger keeps of why a move was allowed."""
    data: dict[str, object] = {"policy": wish.policy.number}
    if reason:
        data["reason"] = reason
    if judged.facts.approvals:
        data["approved_by"] = sorted({one.principal for one in judged.facts.approvals})
    overridden = _overridden(judged)
    if overridden:
        data["overridden"] = overridden
    return data


def _overridden(judged: Judgement) -> Sequence[str]:
    return [f"{one.gate} by override {one.override}" for one in judged.verdicts if one.override is not None]


def _append(tx: Tx, call: Call, wish: Wish, action: Action, data: dict[str, object], reason: str) -> None:
    told: dict[str, object] = {"from": wish.source, "to": wish.target, **data}
    if reason:
        told["reason"] = reason
    append.append(tx, actor=call.actor, now=call.now, entries=[entries.about(wish.version, action, told)])
