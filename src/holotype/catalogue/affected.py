"""Of many versions, how many may somebody see, in which stages are they, and which are in use?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest

import sqlalchemy as sa

from holotype.catalogue import versions as found
from holotype.catalogue.search.asked import Visible
from holotype.catalogue.tables import aliases, models, namespaces, versions
from holotype.db import Tx
from holotype.db.types import bound_list, in_list
from holotype.domain.entities import Version
from holotype.domain.lifecycle import ARCHIVED, NONE, PRODUCTION

_NAMED = sa.exists().where(aliases.c.version_id == versions.c.id, aliases.c.model_id == versions.c.model_id)
_ROWS = sa.select(
    versions.c.id,
    versions.c.namespace_id,
    versions.c.model_id,
    versions.c.number,
    versions.c.stage,
    _NAMED.label("named"),
).where(in_list(versions.c.id, "ids"))
_MODELS = (
    sa.select(namespaces.c.name, models.c.name)
    .join_from(models, namespaces, models.c.namespace_id == namespaces.c.id)
    .where(in_list(models.c.id, "ids"))
    .order_by(models.c.id)
)


@dataclass(frozen=True, slots=True)
class Affected:
    """Some versions: how many of those that the caller may see are in each stage, and the first of these.

    ``model_ids`` are of all of them, whoever may see them.
    """

    stages: Mapping[str, int]
    first: Sequence[Version]
    model_ids: Collection[int]

    @property
    def count(self) -> int:
        """How many the caller may see."""
        return sum(self.stages.values())


def look(tx: Tx, ids: Collection[int], visible: Visible | None, *, limit: int) -> Affected:
    """Look at some versions: those in use come first, of a model the newer ones before the older."""
    order, stages, model_ids = [], Counter[str](), set[int]()
    for version_id, namespace_id, model_id, number, stage, named in tx.execute(_ROWS, {"ids": bound_list(ids)}).all():
        model_ids.add(model_id)
        if visible is None or visible.has(namespace_id, model_id):
            stages[stage] += 1
            order.append((_use(stage, named), model_id, -number, version_id))
    first = found.by_ids(tx, [one[-1] for one in nsmallest(limit, order)])
    return Affected(stages, first, model_ids)


def models_of(tx: Tx, ids: Collection[int]) -> list[tuple[str, str]]:
    """Return namespace and name of some models, whoever may see them."""
    return [(space, name) for space, name in tx.execute(_MODELS, {"ids": bound_list(sorted(ids))})]


def _use(stage: str, named: bool) -> int:
    """Return a place in the list: what is in use before what was, and that before what never was."""
    if stage == PRODUCTION:
        return 0
    if named or stage not in {NONE, ARCHIVED}:
        return 1
    return 2 if stage == ARCHIVED else 3
