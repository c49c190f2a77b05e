"""What does a quarantine hold, where is that in use, and who has it?"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from holotype.access import rules
from holotype.catalogue import affected
from holotype.db import Tx
from holotype.domain import recall
from holotype.domain.entities import Quarantine, Version
from holotype.domain.permissions import Permission
from holotype.errors import NotFound
from holotype.governance import quarantines
from holotype.operations import recall as reach
from holotype.operations import sight
from holotype.operations.call import Call

MOST_SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class Held:
    """A quarantine, how many versions it holds or held that the caller may see, and the first of them.

    ``stages`` counts the versions in each stage; ``allowed`` says whether the caller may release it.
    """

    quarantine: Quarantine
    count: int
    versions: tuple[Version, ...]
    stages: Mapping[str, int]
    allowed: bool


def show_quarantine(call: Call, number: int, *, limit: int = MOST_SHOWN) -> Held:
    """Return a quarantine and what is under it, as far as the caller may see that."""
    rules.require_somewhere(call.actor, Permission.MODEL_READ)
    with call.registry.database.snapshot() as tx:
        found = quarantines.get(tx, number, reach.seen(tx, call))
        if found is None:
            raise NotFound(f"There is no quarantine {number}.", hint="List them with `holotype quarantines`.")
        under = affected.look(tx, quarantines.held(tx, number), sight.visible(tx, call.actor), limit=limit)
        return Held(
            quarantine=reach.told(tx, call, [found])[0],
            count=under.count,
            versions=tuple(under.first),
            stages=under.stages,
            allowed=_may_release(tx, call, found, under.model_ids),
        )


def _may_release(tx: Tx, call: Call, found: Quarantine, model_ids: Collection[int]) -> bool:
    try:
        _, version = reach.pinned(tx, call, recall.parse(found.subject))
    except NotFound:  # it is hidden from them
        return False
    return reach.may_recall(tx, call.actor, version, model_ids)
