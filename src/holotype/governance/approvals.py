"""Who decided what about a promotion? A row for each decision; the one thing that changes is that it is voided."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from holotype.db import Tx
from holotype.db.types import bound_list, in_list
from holotype.domain import times
from holotype.domain.entities import Actor, Approval
from holotype.errors import Denied
from holotype.governance.promotions import Request
from holotype.governance.tables import approvals

APPROVED, REJECTED = "approved", "rejected"

_OF = sa.select(approvals).where(in_list(approvals.c.promotion_id, "ids")).order_by(approvals.c.id)


@dataclass(frozen=True, slots=True)
class Decision:
    """A row: a decision, and the policy version under which it was made."""

    promotion_id: int
    policy: int
    approval: Approval

    def counts(self, policy: int) -> bool:
        """Say whether it is an approval that still stands under a version of the policy."""
        return self.approval.decision == APPROVED and self.approval.voided is None and self.policy == policy


def insert(tx: Tx, request: Request, actor: Actor, decision: str, comment: str, now: datetime) -> None:
    """Write down what a principal decided; it is bound to the policy and the evidence that the request rests on now."""
    if not actor.principal_id or actor.person_id is None:
        raise Denied(
            "Nobody knows who you are, so you cannot decide.", hint="Sign in; a server with --open has no approvals."
        )
    values = {
        "promotion_id": request.id,
        "principal_id": actor.principal_id,
        "person_id": actor.person_id,
        "principal": actor.name,
        "decision": decision,
        "policy_number": request.policy,
        "created_at": times.to_micros(now),
        "comment": comment,
        "evidence": json.dumps(list(request.evidence)),
    }
    tx.execute(approvals.insert(), values)


def of(tx: Tx, promotion_ids: Collection[int]) -> dict[int, list[Decision]]:
    """Return the decisions about some promotions, the oldest first."""
    found: dict[int, list[Decision]] = {one: [] for one in promotion_ids}
    for row in tx.execute(_OF, {"ids": bound_list(list(promotion_ids))}) if found else ():
        found[row.promotion_id].append(Decision(row.promotion_id, row.policy_number, _entity(row)))
    return found


def void(tx: Tx, promotion_id: int, because: str, now: datetime) -> int:
    """Let the approvals of a promotion count no more, and return how many did count."""
    standing = (
        (approvals.c.promotion_id == promotion_id)
        & (approvals.c.decision == APPROVED)
        & approvals.c.voided_at.is_(None)
    )
    ended = {"voided_at": times.to_micros(now), "voided_because": because}
    return int(tx.execute(approvals.update().where(standing).values(ended)).rowcount)


def _entity(row: sa.Row[Any]) -> Approval:
    return Approval(
        principal=row.principal,
        principal_id=row.principal_id,
        person_id=row.person_id,
        decision=row.decision,
        comment=row.comment,
        created_at=times.from_micros(row.created_at),
        voided=row.voided_because,
    )
