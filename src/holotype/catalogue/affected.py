"""Of many versions, how many may somebody see, in which stages are they, and which are in use?"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from holotype.catalogue import versions as found
from holotype.catalogue.search.asked import Visible
from holotype.catalogue.tables import aliases, models, namespaces, versions
from holotype.db import Tx
from holotype.db.types import bound_list, in_list
from holotype.domain.entities import Version
from holotype.domain.lifecycle import ARCHIVED, NONE, PRODUCTION

_NAMED = sa.exists().where(aliases.c.version_id == versions.c.id, aliases.c.model_id == versions.c.model_id)
_USE = sa.case(
    (versions.c.stage == PRODUCTION, 0),
    (_NAMED, 1),
    (versions.c.stage == ARCHIVED, 2),
    (versions.c.stage == NONE, 3),
    else_=1,
)
"""What is in production, before what else is in use, before what was, before what never was."""
_THESE = in_list(versions.c.id, "ids")
_STAGES = sa.select(versions.c.stage, sa.func.count()).where(_THESE).group_by(versions.c.stage)
_FIRST = (
    sa.select(versions.c.id)
    .join_from(versions, models, versions.c.model_id == models.c.id)
    .join(namespaces, models.c.namespace_id == namespaces.c.id)
    .where(_THESE)
    .order_by(_USE, namespaces.c.name, models.c.name, versions.c.number.desc())
    .limit(sa.bindparam("limit"))
)
_MODELS = (
    sa.select(namespaces.c.name, models.c.name)
    .join_from(models, namespaces, models.c.namespace_id == namespaces.c.id)
    .where(models.c.id.in_(sa.select(versions.c.model_id).where(_THESE)))
    .order_by(namespaces.c.name, models.c.name)
)


def stages(tx: Tx, ids: Collection[int], visible: Visible | None) -> dict[str, int]:
    """Return how many of some versions that the caller may see are in each stage."""
    rows = tx.execute(_seen(_STAGES, visible), {"ids": bound_list(ids)})
    return {str(stage): int(count) for stage, count in rows}


def first(tx: Tx, ids: Collection[int], visible: Visible | None, *, limit: int) -> list[Version]:
    """Return the first of some versions that the caller may see; those in use come first, newer ones before older."""
    rows = tx.execute(_seen(_FIRST, visible), {"ids": bound_list(ids), "limit": limit})
    return found.by_ids(tx, list(rows.scalars()))


def models_of(tx: Tx, ids: Collection[int]) -> list[tuple[str, str]]:
    """Return namespace and name of every model that has one of some versions, whoever may see it."""
    return [(space, name) for space, name in tx.execute(_MODELS, {"ids": bound_list(ids)})]


def _seen(statement: sa.Select[Any], visible: Visible | None) -> sa.Select[Any]:
    if visible is None:
        return statement
    return statement.where(visible.among(versions.c.namespace_id, versions.c.model_id))
