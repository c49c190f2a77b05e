"""What is there of a model at a glance: its words, its aliases, and the newest version of each stage?

One statement for one model, three for a page of them. The stages in use are found by stepping through the index of
stages, so it costs the same however many versions there are.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from msgspec import structs
from msgspec.json import decode

from holotype.catalogue import models as catalogue
from holotype.catalogue import sources
from holotype.catalogue.sources import Sourced
from holotype.catalogue.tables import TITLED, aliases, models, namespaces, version_tags, versions
from holotype.catalogue.tables import sources as origins
from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.db.types import bound_list, in_list, json_list, json_map
from holotype.domain import lifecycle
from holotype.domain.entities import Model
from holotype.domain.references import Reference

_one, _at = versions.alias("one"), versions.alias("at")
_VERSION = "v_"
_TOLD = {"latest", "production"}
"""What a model's newest versions tell, so that it need not be asked for."""


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
    rows = _FIND(tx, {"namespace": model.namespace, "model": model.model})
    newest = [sources.entity(_AT(*row[_BESIDE:])) for row in rows if row.v_id is not None]
    return _overview(rows[0], newest) if rows else None


def by_ids(tx: Tx, ids: Collection[int]) -> list[Overview]:
    """Return what there is of the models with these ids, in the order of the ids."""
    wanted = {"ids": bound_list(list(ids))}
    newest = _NEWEST_BY_IDS(tx, wanted)
    versions_of: dict[int, list[Sourced]] = {}
    for one in sources.by_ids(tx, [row.version_id for row in newest if row.version_id is not None]):
        versions_of.setdefault(one.version.model_id, []).append(one)
    found = {}
    for row in _BY_IDS(tx, wanted):
        found[row.id] = _overview(row, versions_of.get(row.id, []))
    return [found[one] for one in ids if one in found]


def _overview(row: Any, newest: list[Sourced]) -> Overview:
    """Return what the row of a model says; the newest of all its versions is the newest of some stage."""
    newest.sort(key=lambda one: one.version.number)
    production = [one.version.number for one in newest if one.version.stage == lifecycle.PRODUCTION]
    model = catalogue.entity(row)
    if newest:
        latest = newest[-1].version.number
        model = structs.replace(model, latest=latest, production=production[-1] if production else None)
    return Overview(model, decode(row.aliases) if row.aliases else {}, tuple(newest))


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


def _named() -> sa.Label[str | None]:
    """Return the number that each alias of a model names, by alias."""
    numbers = sa.select(json_map(aliases.c.name, _one.c.number)).join_from(
        aliases, _one, _one.c.id == aliases.c.version_id
    )
    return numbers.where(aliases.c.model_id == models.c.id).correlate(models).scalar_subquery().label("aliases")


def _of_version() -> dict[str, sa.ColumnElement[Any]]:
    """Return what is read of a version, by the names that ``sources.entity`` knows."""
    beside = {
        "aliases": sa.select(json_list(aliases.c.name)).where(
            aliases.c.version_id == _at.c.id, aliases.c.model_id == _at.c.model_id
        ),
        "tags": sa.select(json_map(version_tags.c.key, version_tags.c.value)).where(
            version_tags.c.version_id == _at.c.id
        ),
    }
    columns = [column for column in _at.c if column.name not in {"card", "config_digest"}]
    columns += [column for column in origins.c if column.name != "version_id"]
    found: dict[str, sa.ColumnElement[Any]] = {column.name: column for column in columns}
    found |= {"namespace": namespaces.c.name, "model": models.c.name}
    found["title"] = TITLED
    return found | {name: select.scalar_subquery() for name, select in beside.items()}


def _statement(*wanted: sa.ColumnElement[bool]) -> Prepared:
    """Return the statement for a model that is wanted: a row for each stage in use, at least one.

    What is wanted is said twice, so that the planners begin with this model and not with all.
    """
    newest = _newest(sa.select(models.c.id).join_from(models, namespaces).where(*wanted))
    statement = (
        _MODEL.add_columns(*(column.label(_VERSION + name) for name, column in _of_version().items()))
        .join(newest, newest.c.model_id == models.c.id)
        .outerjoin(_at, _at.c.id == newest.c.version_id)
        .outerjoin(origins, origins.c.version_id == _at.c.id)
        .where(*wanted)
        .order_by(models.c.id)
    )
    return Prepared(statement)


_ASKED = [column for column in catalogue.SELECT.selected_columns if column.name not in _TOLD]
_MODEL = catalogue.SELECT.with_only_columns(*_ASKED, *(sa.null().label(name) for name in sorted(_TOLD)), _named())
_FIND = _statement(
    namespaces.c.name == sa.bindparam("namespace"),
    models.c.name == sa.bindparam("model"),
    models.c.deleted_at.is_(None),
)
_WANTED = in_list(models.c.id, "ids") & models.c.deleted_at.is_(None)
_BY_IDS = Prepared(_MODEL.where(_WANTED))
_NEWEST_BY_IDS = Prepared(sa.select(_newest(sa.select(models.c.id).where(_WANTED))))
_AT = namedtuple("_AT", list(_of_version()))  # type: ignore[misc]  # noqa: PYI024 - its fields are the columns
_BESIDE = -len(_AT._fields)
