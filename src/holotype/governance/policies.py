"""Which policy is in force in a namespace? The built-in one, until somebody applies another."""

from __future__ import annotations

import sqlalchemy as sa

from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.domain import lifecycle
from holotype.domain.policy import GateUse, Move, Policy, Rule
from holotype.errors import Unavailable
from holotype.governance.tables import policies

_NEWEST = Prepared(
    sa.select(policies.c.number)
    .where(policies.c.namespace_id == sa.bindparam("namespace_id"))
    .order_by(policies.c.number.desc())
    .limit(1)
)
_GUARDED = Rule(gates=(GateUse("bytes-held"), GateUse("scan-clean"), GateUse("not-quarantined")))


def _moves() -> tuple[Move, ...]:
    asked = {lifecycle.STAGING: _GUARDED, lifecycle.PRODUCTION: _GUARDED}
    legal = [(source, target) for source, targets in lifecycle.MOVES.items() for target in targets]
    return tuple(Move((source,), target, asked.get(target, Rule())) for source, target in legal)


BUILT_IN = Policy(stages=dict(lifecycle.STAGES), moves=_moves())
"""The policy of a namespace that never applied one."""


def in_force(tx: Tx, namespace_id: int) -> Policy:
    """Return the policy that holds in a namespace now."""
    row = _NEWEST.one(tx, {"namespace_id": namespace_id})
    if row is None:
        return BUILT_IN
    raise Unavailable("The policy of this namespace cannot be read by this release.", hint="Update the server.")
