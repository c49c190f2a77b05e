"""What happened in the registry, as far as the caller may see it?

1. A model or a namespace that is asked for is one that the caller may read the ledger of.
2. Otherwise the caller sees the parts that their rights cover; events about the registry itself only with a right on
   all of it.
3. Who may what, who signed in and who was refused is shown only to who may read access there.
4. Each part is read along its own index, and the parts are merged, so a page costs the same however long the ledger is.
   Of many parts, the entries are walked instead, each looked up in what the caller may see.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from holotype.access import rules
from holotype.catalogue import models, namespaces
from holotype.catalogue.search import scope
from holotype.db import Tx
from holotype.domain.entities import Event
from holotype.domain.events import ABOUT_ACCESS
from holotype.domain.permissions import Permission
from holotype.errors import NotFound
from holotype.ledger import read
from holotype.ledger.read import Filter
from holotype.operations import sight
from holotype.operations.call import Call

_FEW = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events to read: those that meet every condition given. ``model`` names a model in ``namespace``."""

    namespace: str | None = None
    model: str | None = None
    action: str | None = None
    actor: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    sequence: int | None = None
    but: frozenset[str] = frozenset()
    """Actions that are left out."""


def read_ledger(
    call: Call, wanted: Wanted, *, before: int | None = None, after: int | None = None, limit: int = 50
) -> list[Event]:
    """Return up to ``limit`` events with sequences under ``before`` and over ``after``, the newest first."""
    conditions = Filter(
        action=wanted.action,
        actor=wanted.actor,
        subject=wanted.subject,
        since=wanted.since,
        until=wanted.until,
        sequence=wanted.sequence,
        but=wanted.but,
    )
    places = _places(call, wanted)
    with call.read() as tx:
        parts = list(_parts(tx, call, conditions, places, strict=wanted.namespace is not None))
        pages = [read.page(tx, part, before=before, after=after, limit=limit) for part in parts]  # 4
    return list(islice(heapq.merge(*pages, key=lambda event: -event.sequence), limit))


def _places(call: Call, wanted: Wanted) -> list[tuple[str, str | None]] | None:
    if wanted.namespace is not None and wanted.model is not None:  # 1
        rules.require(call.actor, Permission.LEDGER_READ, namespace=wanted.namespace, model=wanted.model)
        return [(wanted.namespace, wanted.model)]
    if wanted.namespace is not None:
        rules.require_within(call.actor, Permission.LEDGER_READ, wanted.namespace)
    else:
        rules.require_somewhere(call.actor, Permission.LEDGER_READ)  # 2
    places = rules.scopes(call.actor, Permission.LEDGER_READ)
    if wanted.namespace is None:
        return places
    if places is None or (wanted.namespace, None) in places:
        return [(wanted.namespace, None)]
    return [(namespace, model) for namespace, model in places if namespace == wanted.namespace]


def _parts(
    tx: Tx, call: Call, conditions: Filter, places: list[tuple[str, str | None]] | None, *, strict: bool
) -> Iterator[Filter]:
    """Give the conditions narrowed to each place; one that is gone is an error only where it was asked for."""
    if places is None:
        yield _allowed(call, conditions, None, None)
        return
    whole = {namespace for namespace, model in places if model is None}
    patterns = any(model is not None and model.endswith("*") for _, model in places)
    if patterns or len(places) > _FEW:
        seen = scope.visible(tx, places) if strict else sight.visible(tx, call.actor, Permission.LEDGER_READ)
        if seen is not None:
            yield replace(_without_access(conditions), inside=seen.sets)
        return
    for namespace, model in places:
        try:
            if model is None:
                found = replace(conditions, namespace_id=namespaces.get(tx, namespace).id)
            elif namespace in whole:
                continue
            else:
                found = replace(conditions, model_id=models.get(tx, namespace, model, deleted=True).id)
        except NotFound:
            if strict:
                raise
            continue
        yield _allowed(call, found, namespace, model)


def _allowed(call: Call, conditions: Filter, namespace: str | None, model: str | None) -> Filter:
    """Leave out what only those see who may read access."""
    if rules.may(call.actor, Permission.ACCESS_READ, namespace=namespace, model=model):  # 3
        return conditions
    return _without_access(conditions)


def _without_access(conditions: Filter) -> Filter:
    return replace(conditions, but={*conditions.but, *ABOUT_ACCESS})
