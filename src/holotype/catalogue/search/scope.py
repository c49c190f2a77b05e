"""Which namespaces and models, by id, are the places where a caller may read?"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from holotype.catalogue.search.asked import Visible
from holotype.catalogue.tables import models, namespaces
from holotype.db import Tx


def visible(tx: Tx, places: Sequence[tuple[str, str | None]] | None) -> Visible | None:
    """Return what some places (a namespace, or a model in it) mean; None means everything."""
    if places is None:
        return None
    whole = sorted({space for space, model in places if model is None})
    parts = sorted({(space, model) for space, model in places if model is not None and space not in whole})
    return Visible(_namespaces(tx, whole), _models(tx, parts))


def _namespaces(tx: Tx, names: Sequence[str]) -> tuple[int, ...]:
    return tuple(tx.execute(sa.select(namespaces.c.id).where(namespaces.c.name.in_(names))).scalars()) if names else ()


def _models(tx: Tx, places: Sequence[tuple[str, str]]) -> tuple[int, ...]:
    if not places:
        return ()
    each = [(namespaces.c.name == space) & (models.c.name == model) for space, model in places]
    return tuple(tx.execute(sa.select(models.c.id).join_from(models, namespaces).where(sa.or_(*each))).scalars())
