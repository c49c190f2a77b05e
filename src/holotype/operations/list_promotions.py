"""Which promotions were asked for? Pages, the newest first, of those that the caller may know of.

A page looks at a bounded number of rows, so one that shows little may still have a next: what lies between is hidden
from the caller, or does not wait for them.
"""

from __future__ import annotations

from dataclasses import dataclass

from holotype.access import rules
from holotype.catalogue import models, namespaces
from holotype.db import Tx
from holotype.domain.entities import Promotion
from holotype.domain.permissions import Permission
from holotype.errors import Invalid
from holotype.governance import promotions
from holotype.governance.promotions import PENDING, STATUSES, Filter
from holotype.operations import requests
from holotype.operations.call import Call
from holotype.operations.waiting import Approver

_CHUNK, _CHUNKS = 200, 10
_NOBODY = -1
"""Whoever is not known asked for nothing."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which promotions: those that meet every condition given.

    ``waiting`` means for an approval by the caller, ``mine`` that the caller asked for it, through whichever account.
    """

    status: str | None = None
    namespace: str | None = None
    model: str | None = None
    waiting: bool = False
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A page, and the cursor of the next one, if there may be more."""

    items: list[Promotion]
    next: int | None


def list_promotions(call: Call, wanted: Wanted, *, before: int | None = None, limit: int = 50) -> Found:
    """Return a page of promotions with numbers under ``before``."""
    rules.require_somewhere(call.actor, Permission.MODEL_READ)
    if wanted.status is not None and wanted.status not in STATUSES:
        raise Invalid(f"No promotion is ever {wanted.status[:40]!r}.", hint=f"One of: {', '.join(STATUSES)}.")
    with call.read() as tx:
        where, approver = _filter(tx, call, wanted), Approver(tx, call)
        shown: list[Promotion] = []
        for _ in range(_CHUNKS):
            rows = promotions.page(tx, where, before=before, limit=_CHUNK)
            shown += [one for one in requests.whole(tx, rows) if _shown(call, wanted, one, approver)]
            if len(shown) > limit:
                return Found(shown[:limit], shown[limit - 1].id)
            if len(rows) < _CHUNK:
                return Found(shown, None)
            before = rows[-1].id
        return Found(shown, before)


def _filter(tx: Tx, call: Call, wanted: Wanted) -> Filter:
    """Return the conditions with ids for names; what the caller may not see is not there."""
    status = PENDING if wanted.waiting else wanted.status
    person = (call.actor.person_id or _NOBODY) if wanted.mine else None
    if wanted.namespace is None:
        return Filter(status, requester_id=person)
    if wanted.model is None:
        rules.require_within(call.actor, Permission.MODEL_READ, wanted.namespace)
        return Filter(status, namespace_id=namespaces.get(tx, wanted.namespace).id, requester_id=person)
    rules.require(call.actor, Permission.MODEL_READ, namespace=wanted.namespace, model=wanted.model)
    found = models.get(tx, wanted.namespace, wanted.model)
    return Filter(status, model_id=found.id, requester_id=person)


def _shown(call: Call, wanted: Wanted, found: Promotion, approver: Approver) -> bool:
    version = found.version
    if not rules.may(call.actor, Permission.MODEL_READ, namespace=version.namespace, model=version.model):
        return False
    return not wanted.waiting or approver.why_not(found) == ""
