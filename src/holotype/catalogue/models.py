"""Which models are there, and what do people say about them?"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec.json import decode

from holotype.catalogue.tables import TITLED, model_tags, models, namespaces, versions
from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.db.types import bound_list, in_list, json_map
from holotype.domain import lifecycle, times
from holotype.domain.entities import Model, Namespace
from holotype.domain.traits import Traits
from holotype.errors import AlreadyExists, NotFound

_LATEST = (
    sa.select(sa.func.max(versions.c.number))
    .where(versions.c.model_id == models.c.id, versions.c.deleted_at.is_(None))
    .scalar_subquery()
)
_PRODUCED_BY = (
    versions.c.model_id == models.c.id,
    versions.c.stage == lifecycle.PRODUCTION,
    versions.c.deleted_at.is_(None),
)
"""A version in production of a model, as the condition of a subquery."""
_PRODUCTION = sa.select(sa.func.max(versions.c.number)).where(*_PRODUCED_BY).scalar_subquery()
_TAGS = sa.select(json_map(model_tags.c.key, model_tags.c.value)).where(model_tags.c.model_id == models.c.id)
_COLUMNS = [column for column in models.c if column.name not in {"card", "next_number"}]

SELECT: sa.Select[Any] = sa.select(
    *_COLUMNS,
    namespaces.c.name.label("namespace"),
    _LATEST.label("latest"),
    _PRODUCTION.label("production"),
    _TAGS.scalar_subquery().label("tags"),
).join_from(models, namespaces)

_GET = Prepared(SELECT.where(namespaces.c.name == sa.bindparam("namespace"), models.c.name == sa.bindparam("name")))
_BY_IDS = Prepared(SELECT.where(in_list(models.c.id, "ids")))
_PRODUCED = sa.select(sa.literal_column("1")).where(*_PRODUCED_BY).limit(sa.literal_column("1")).scalar_subquery()
_TRAITS = Prepared(
    sa.select(
        models.c.id,
        models.c.created_by,
        namespaces.c.name.label("namespace"),
        _PRODUCED.is_not(None).label("produced"),
        _TAGS.scalar_subquery().label("tags"),
    )
    .join_from(models, namespaces)
    .where(in_list(models.c.id, "ids"))
)
_LOCK = Prepared(
    sa.select(models.c.id, models.c.deleted_at)
    .where(models.c.namespace_id == sa.bindparam("namespace_id"), models.c.name == sa.bindparam("name"))
    .with_for_update()
)
_TITLE = Prepared(
    sa.select(TITLED.label("title"))
    .join_from(models, namespaces)
    .where(
        namespaces.c.name == sa.bindparam("namespace"),
        models.c.name == sa.bindparam("name"),
        models.c.deleted_at.is_(None),
    )
)
_KNOWN = (
    sa.select(namespaces.c.name, models.c.name)
    .join_from(namespaces, models)
    .where(in_list(namespaces.c.name, "namespaces"), in_list(models.c.name, "names"))
)
_CARD = Prepared(sa.select(models.c.card).where(models.c.id == sa.bindparam("id")))


def get(tx: Tx, namespace: str, name: str, *, deleted: bool = False) -> Model:
    """Return a model, or raise ``NotFound``; a deleted one only where ``deleted`` says so."""
    row = _GET.one(tx, {"namespace": namespace, "name": name})
    if row is None:
        raise NotFound(f"There is no model {namespace}/{name}.", hint="List the models with `holotype ls`.")
    if row.deleted_at is not None and not deleted:
        raise NotFound(
            f"The model {namespace}/{name} was deleted.", hint=f"Bring it back: `holotype restore {namespace}/{name}`."
        )
    return entity(row)


def known(tx: Tx, named: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return those of some namespaces and names that are models, deleted or not."""
    spaces, names = ({one[part] for one in named} for part in (0, 1))
    rows = tx.execute(_KNOWN, {"namespaces": bound_list(sorted(spaces)), "names": bound_list(sorted(names))})
    return {(space, name) for space, name in rows}.intersection(named)


def title(tx: Tx, namespace: str, name: str) -> str | None:
    """Return what clients of another protocol call a model, or nothing where there is none."""
    row = _TITLE.one(tx, {"namespace": namespace, "name": name})
    return None if row is None else str(row.title)


def lock(tx: Tx, namespace: Namespace, name: str) -> int | None:
    """Hold a model until the transaction ends and return its id, or nothing where there is none.

    Numbers, moves and aliases of a model change only under this lock, also with several servers on one database.
    """
    row = _LOCK.one(tx, {"namespace_id": namespace.id, "name": name})
    if row is not None and row.deleted_at is not None:
        raise AlreadyExists(
            f"The model {namespace.name}/{name} was deleted and keeps its name.",
            hint=f"Bring it back with `holotype restore {namespace.name}/{name}`, or choose another name.",
        )
    return None if row is None else int(row.id)


def create(
    tx: Tx,
    namespace: Namespace,
    name: str,
    *,
    description: str,
    card: str,
    by: str,
    now: datetime,
    title: str | None = None,
) -> int:
    """Insert a model and return its id; the caller has found the name free and holds the write transaction."""
    micros = times.to_micros(now)
    values = {
        "namespace_id": namespace.id,
        "name": name,
        "title": title,
        "description": description,
        "card": card,
        "created_at": micros,
        "created_by": by,
        "changed_at": micros,
    }
    try:
        return int(tx.execute(models.insert().values(values).returning(models.c.id)).scalar_one())
    except sa.exc.IntegrityError as error:
        raise AlreadyExists(f"There is a model {namespace.name}/{name} already.", hint="Push to it.") from error


def change(tx: Tx, model_id: int, now: datetime, **values: Any) -> None:
    """Set columns of a model (description, card, deleted_at) and its time of change."""
    tx.execute(models.update().where(models.c.id == model_id).values(values | {"changed_at": times.to_micros(now)}))


def card(tx: Tx, model_id: int) -> str:
    """Return the model card, Markdown."""
    return str(_CARD.one(tx, {"id": model_id}).card)


def by_ids(tx: Tx, ids: Collection[int]) -> list[Model]:
    """Return the models with these ids, in the order of the ids."""
    found = {row.id: entity(row) for row in _BY_IDS(tx, {"ids": bound_list(ids)})}
    return [found[i] for i in ids if i in found]


def traits(tx: Tx, ids: Collection[int]) -> list[Traits]:
    """Return by what the models with these ids can be found, in the order of the ids."""
    rows = {row.id: row for row in _TRAITS(tx, {"ids": bound_list(ids)})}
    return [
        Traits(row.namespace, row.created_by, bool(row.produced), decode(row.tags) if row.tags else {})
        for row in (rows[i] for i in ids if i in rows)
    ]


def entity(row: Any) -> Model:
    """Return the model of a row of :data:`SELECT`."""
    return Model(
        id=row.id,
        namespace_id=row.namespace_id,
        namespace=row.namespace,
        name=row.name,
        title=row.title,
        kind=row.kind,
        description=row.description,
        created_at=times.from_micros(row.created_at),
        created_by=row.created_by,
        changed_at=times.from_micros(row.changed_at),
        deleted_at=None if row.deleted_at is None else times.from_micros(row.deleted_at),
        latest=row.latest,
        production=row.production,
        tags=decode(row.tags) if row.tags else {},
    )
