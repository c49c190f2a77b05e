"""What is there of a model at a glance: its words, its aliases, and the newest version of each stage?

One statement, whether for one model or for a page of them. The stages in use are found by stepping through the index of
stages, so it costs the same however many versions there are.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from holotype.catalogue import models as catalogue
from holotype.catalogue import sources
from holotype.catalogue.sources import Sourced
from holotype.catalogue.tables import aliases, models, namespaces, version_tags, versions
from holotype.catalogue.tables import sources as origins
from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.db.types import bound_list, in_list, json_list, json_map
from holotype.domain.entities import Model
from holotype.domain.references import Reference

_one, _at = versions.alias("one"), versions.alias("at")
_VERSION = "v_"


@dataclass(frozen=True, slots=True)
class Overview:
    """A model, the number of the version that each alias names, and the newest version of each stage."""

    model: Model
    aliases: dict[str, int]
    newest: tuple[Sourced, ...]

    @property
    def title(self) -> str:
        """What clients of another protocol call it."""
        return self.model.title or self.model.name


def find(tx: Tx, model: Reference) -> Overview | None:
    """Return what there is of a model, unless there is none or it was deleted."""
    found = _overviews(_FIND(tx, {"namespace": model.namespace, "model": model.model}))
    return found[0] if found else None


def by_ids(tx: Tx, ids: Collection[int]) -> list[Overview]:
    """Return what there is of the models with these ids, in the order of the ids."""
    found = {one.model.id: one for one in _overviews(_BY_IDS(tx, {"ids": bound_list(list(ids))}))}
    return [found[one] for one in ids if one in found]


def _overviews(rows: Iterable[Any]) -> list[Overview]:
    found = []
    for _, group in groupby(rows, key=lambda row: row.id):
        of_model = list(group)
        first = of_model[0]
        named = json.loads(first.aliases) if first.aliases else {}
        newest = [_sourced(row) for row in of_model if row.v_id is not None]
        newest.sort(key=lambda one: one.version.number)
        found.append(Overview(catalogue.entity(first), named, tuple(newest)))
    return found


def _sourced(row: Any) -> Sourced:
    """Return the version of a row, whose columns have their names behind a prefix."""
    values = {
        name[len(_VERSION) :]: value for name, value in zip(row._fields, row, strict=True) if name[:2] == _VERSION
    }
    title = row.title or row.name
    return sources.entity(SimpleNamespace(**values, namespace=row.namespace, model=row.name, title=title))


def _steps(wanted: sa.Select[Any]) -> sa.CTE:
    """Return the stages that versions of the wanted models are in, found one after the other."""
    held = wanted.cte("held")
    first = sa.select(sa.func.min(_one.c.stage)).where(_one.c.model_id == held.c.id).scalar_subquery()
    steps = sa.select(held.c.id.label("model_id"), first.label("stage")).cte("steps", recursive=True)
    later = (_one.c.model_id == steps.c.model_id) & (_one.c.stage > steps.c.stage)
    after = sa.select(sa.func.min(_one.c.stage)).where(later).scalar_subquery()
    return steps.union_all(sa.select(steps.c.model_id, after).where(steps.c.stage.is_not(None)))


def _newest(wanted: sa.Select[Any]) -> sa.CTE:
    """Return the newest version of each of those stages; no version where a model has none."""
    steps = _steps(wanted)
    newest = (
        sa.select(_one.c.id)
        .where(_one.c.model_id == steps.c.model_id, _one.c.stage == steps.c.stage, _one.c.deleted_at.is_(None))
        .order_by(_one.c.number.desc())
        .limit(sa.literal_column("1"))
        .scalar_subquery()
    )
    return sa.select(steps.c.model_id, newest.label("version_id")).cte("newest")


def _statement(*wanted: sa.ColumnElement[bool]) -> Prepared:
    """Return the statement for the models that are wanted: a row for each stage in use, at least one.

    What is wanted is said twice, so that the planners begin with these models and not with all.
    """
    newest = _newest(sa.select(models.c.id).join_from(models, namespaces).where(*wanted))
    numbers = sa.select(json_map(aliases.c.name, _one.c.number)).join_from(
        aliases, _one, _one.c.id == aliases.c.version_id
    )
    beside = {
        "aliases": sa.select(json_list(aliases.c.name)).where(
            aliases.c.version_id == _at.c.id, aliases.c.model_id == _at.c.model_id
        ),
        "tags": sa.select(json_map(version_tags.c.key, version_tags.c.value)).where(
            version_tags.c.version_id == _at.c.id
        ),
    }
    columns = [
        *(column for column in _at.c if column.name not in {"card", "config_digest"}),
        *(column for column in origins.c if column.name != "version_id"),
    ]
    statement = (
        catalogue.SELECT.add_columns(
            numbers.where(aliases.c.model_id == models.c.id).correlate(models).scalar_subquery().label("aliases"),
            *(column.label(_VERSION + column.name) for column in columns),
            *(select.scalar_subquery().label(_VERSION + name) for name, select in beside.items()),
        )
        .join(newest, newest.c.model_id == models.c.id)
        .outerjoin(_at, _at.c.id == newest.c.version_id)
        .outerjoin(origins, origins.c.version_id == _at.c.id)
        .where(*wanted)
        .order_by(models.c.id)
    )
    return Prepared(statement)


_FIND = _statement(
    namespaces.c.name == sa.bindparam("namespace"),
    models.c.name == sa.bindparam("model"),
    models.c.deleted_at.is_(None),
)
_BY_IDS = _statement(in_list(models.c.id, "ids"), models.c.deleted_at.is_(None))
