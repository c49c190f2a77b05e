"""What does a request look like as a whole: with its versions, its verdicts and what was decided about it?"""

from __future__ import annotations

from collections.abc import Sequence

from holotype.access import rules
from holotype.catalogue import versions
from holotype.db import Tx
from holotype.domain.entities import Promotion, Version
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import Conflict, NotFound
from holotype.governance import approvals, promotions
from holotype.governance.promotions import PENDING, Request
from holotype.operations import locking
from holotype.operations.call import Call


def whole(tx: Tx, found: Sequence[Request]) -> list[Promotion]:
    """Return requests with their versions and decisions: three statements, however many there are."""
    ids = {one.version_id for one in found} | {one.replaced_id for one in found if one.replaced_id is not None}
    named = {one.id: one for one in versions.by_ids(tx, sorted(ids))}
    decided = approvals.of(tx, [one.id for one in found])
    return [
        Promotion(
            status=one.status,
            version=named[one.version_id],
            source=one.source,
            target=one.target,
            replaced=None if one.replaced_id is None else named[one.replaced_id],
            id=one.id,
            kind=one.kind,
            reason=one.reason,
            policy=one.policy,
            incumbent_id=one.incumbent_id,
            verdicts=one.verdicts,
            approvals=tuple(decision.approval for decision in decided[one.id]),
            evidence=one.evidence,
            requested_by=one.requested_by,
            requester_id=one.requester_id,
            created_at=one.created_at,
            expires_at=one.expires_at,
            ended_at=one.ended_at,
            note=one.note,
        )
        for one in found
    ]


def one(tx: Tx, identifier: int) -> Promotion:
    """Return a request that is there as a whole."""
    return whole(tx, [_there(promotions.get(tx, identifier), identifier)])[0]


def seen(tx: Tx, call: Call, identifier: int) -> tuple[Request, Version]:
    """Return a request with its version, or raise the same ``NotFound`` where there is none and where it is hidden."""
    found = _there(promotions.get(tx, identifier), identifier)
    version = versions.by_ids(tx, [found.version_id])[0]
    if not rules.may(call.actor, Permission.MODEL_READ, namespace=version.namespace, model=version.model):
        raise _missing(identifier)
    return found, version


def locked(tx: Tx, call: Call, identifier: int) -> tuple[Request, Version]:
    """Return a request with its version, and hold its model until the transaction ends."""
    found, version = seen(tx, call, identifier)
    locking.lock(tx, Reference(version.namespace, version.model))
    return found, version


def check_open(found: Request) -> None:
    """Raise ``Conflict`` for a request about which nothing is left to decide."""
    if found.status != PENDING:
        why = f": {found.note}" if found.note else "."
        raise Conflict(
            f"The promotion {found.id} is {found.status}, so nothing is left to decide{why}",
            hint=f"See `holotype promotion show {found.id}`.",
        )


def _there(found: Request | None, identifier: int) -> Request:
    if found is None:
        raise _missing(identifier)
    return found


def _missing(identifier: int) -> NotFound:
    return NotFound(f"There is no promotion {identifier}.", hint="List them with `holotype promotion ls`.")
