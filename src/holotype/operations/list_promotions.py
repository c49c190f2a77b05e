"""Which promotions were asked for? Pages, the newest first, of those that the caller may know of.

A page looks at a bounded number of rows, so one that shows little may still have a next: what lies between is hidden
from the caller, or does not wait for them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from holotype.access import rules
from holotype.catalogue import models, namespaces
from holotype.db import Tx
from holotype.domain.entities import Promotion
from holotype.domain.permissions import Permission
from holotype.errors import Invalid
from holotype.governance import promotions
from holotype.governance.promotions import PENDING, STATUSES, Filter
from holotype.operations import requests, sight
from holotype.operations.call import Call
from holotype.operations.waiting import waiting

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


@dataclass(frozen=True, slots=True)
class Tally:
    """A count, whether there may be more than that, and the first of them."""

    count: int
    more: bool
    items: list[Promotion]


def list_promotions(call: Call, wanted: Wanted, *, before: int | None = None, limit: int = 50) -> Found:
    """Return a page of promotions with numbers under ``before``."""
    rules.require_somewhere(call.actor, Permission.MODEL_READ)
    if wanted.status is not None and wanted.status not in STATUSES:
        raise Invalid(f"No promotion is ever {wanted.status[:40]!r}.", hint=f"One of: {', '.join(STATUSES)}.")
    with call.read() as tx:
        where = _filter(tx, call, wanted)
        if wanted.waiting:
            found, following = waiting(tx, call, where, before=before, limit=limit)
            return Found(requests.whole(tx, promotions.by_ids(tx, found)), following)
        visible = sight.visible(tx, call.actor)
        where = replace(where, inside=None if visible is None else visible.sets)
        shown: list[Promotion] = []
        size = limit + 1  # where nothing is hidden, that is all
        for _ in range(_CHUNKS):
            rows = promotions.page(tx, where, before=before, limit=size)
            shown += [one for one in requests.whole(tx, rows) if _is_seen(call, one)]
            if len(shown) > limit:
                return Found(shown[:limit], shown[limit - 1].id)
            if len(rows) < size:
                return Found(shown, None)
            before, size = rows[-1].id, _CHUNK
        return Found(shown, before)


def tally_waiting(call: Call, *, limit: int = 0, most: int) -> Tally:
    """Count up to ``most`` promotions that wait for an approval by the caller, and return the first ``limit``."""
    rules.require_somewhere(call.actor, Permission.MODEL_READ)
    with call.read() as tx:
        found, following = waiting(tx, call, Filter(), limit=most)
        items = requests.whole(tx, promotions.by_ids(tx, found[:limit])) if limit else []
    return Tally(len(found), following is not None, items)


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


def _is_seen(call: Call, found: Promotion) -> bool:
    version = found.version
    return rules.may(call.actor, Permission.MODEL_READ, namespace=version.namespace, model=version.model)
