"""Which versions of a namespace are in which stage? Asked when its stages are about to change."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from holotype.catalogue import versions as found
from holotype.catalogue.search.asked import Visible
from holotype.catalogue.tables import aliases, models, versions
from holotype.db import Tx
from holotype.db.types import bound_list, in_list
from holotype.domain import times
from holotype.domain.entities import Version

_TOLD = 6
_LIVE = (versions.c.namespace_id == sa.bindparam("namespace_id")) & versions.c.deleted_at.is_(None)
_OUTSIDE = found.SELECT.where(_LIVE, ~in_list(versions.c.stage, "stages")).order_by(versions.c.id).limit(_TOLD)
_CROWDED = (
    sa.select(models.c.name, versions.c.stage)
    .join_from(versions, models, versions.c.model_id == models.c.id)
    .where(_LIVE, in_list(versions.c.stage, "stages"))
    .group_by(models.c.name, versions.c.stage)
    .having(sa.func.count() > 1)
    .order_by(models.c.name)
    .limit(_TOLD)
)
_ALIASES = (
    sa.select(models.c.name.label("model"), aliases.c.name.label("alias"))
    .join_from(aliases, models, aliases.c.model_id == models.c.id)
    .where(models.c.namespace_id == sa.bindparam("namespace_id"), in_list(sa.func.lower(aliases.c.name), "names"))
    .order_by(models.c.name)
    .limit(_TOLD)
)
_DELETED_WITH = (
    sa.select(versions.c.stage)
    .where(versions.c.model_id == sa.bindparam("model_id"), versions.c.deleted_at == sa.bindparam("moment"))
    .distinct()
)
_PAGE = (
    found.SELECT.where(_LIVE, versions.c.id < sa.bindparam("before"))
    .order_by(versions.c.id.desc())
    .limit(sa.bindparam("limit"))
)
_PAGE_OF_MODEL = _PAGE.where(models.c.name == sa.bindparam("model"))


def outside(tx: Tx, namespace_id: int, stages: Collection[str]) -> list[Version]:
    """Return up to six versions of a namespace that are in none of some stages."""
    rows = tx.execute(_OUTSIDE, {"namespace_id": namespace_id, "stages": bound_list(list(stages))})
    return [found.entity(row) for row in rows]


def crowded(tx: Tx, namespace_id: int, stages: Collection[str]) -> list[tuple[str, str]]:
    """Return up to six models with a stage, of some, that holds several of their versions."""
    rows = tx.execute(_CROWDED, {"namespace_id": namespace_id, "stages": bound_list(list(stages))})
    return [(row.name, row.stage) for row in rows]


def aliases_named(tx: Tx, namespace_id: int, names: Collection[str]) -> list[tuple[str, str]]:
    """Return up to six models with an alias, in any case of letters, of some names."""
    rows = tx.execute(_ALIASES, {"namespace_id": namespace_id, "names": bound_list(list(names))})
    return [(row.model, row.alias) for row in rows]


def deleted_with(tx: Tx, model_id: int, moment: datetime) -> list[str]:
    """Return the stages of those versions of a model that were deleted at exactly that moment."""
    rows = tx.execute(_DELETED_WITH, {"model_id": model_id, "moment": times.to_micros(moment)})
    return sorted(rows.scalars())


def page(
    tx: Tx, namespace_id: int, model: str | None, *, visible: Visible | None, before: int | None, limit: int
) -> list[Version]:
    """Return up to ``limit`` versions of a namespace, or of a model in it, with ids under ``before``, newest first."""
    given: dict[str, object] = {"namespace_id": namespace_id, "before": before or 2**62, "limit": limit}
    statement = _PAGE
    if model is not None:
        statement, given = _PAGE_OF_MODEL, {**given, "model": model}
    if visible is not None:
        statement = statement.where(visible.among(versions.c.namespace_id, versions.c.model_id))
    rows = tx.execute(statement, given)
    return [found.entity(row) for row in rows]
