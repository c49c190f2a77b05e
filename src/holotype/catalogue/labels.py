"""Which version holds a number, a stage or an alias now?"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from holotype.catalogue.tables import TITLED, aliases, models, versions
from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.db.types import insert
from holotype.domain import times
from holotype.domain.entities import Alias

_IN_STAGE = (
    sa.select(versions.c.id)
    .where(
        versions.c.model_id == sa.bindparam("model_id"),
        versions.c.stage == sa.bindparam("stage"),
        versions.c.deleted_at.is_(None),
    )
    .order_by(versions.c.number)
)
_ALIAS = sa.select(aliases.c.version_id).where(
    aliases.c.model_id == sa.bindparam("model_id"), aliases.c.name == sa.bindparam("name")
)
_PAGE = (
    sa.select(aliases.c.name, aliases.c.changed_at, versions.c.number, versions.c.digest)
    .join_from(aliases, versions)
    .where(aliases.c.model_id == sa.bindparam("model_id"), aliases.c.name > sa.bindparam("after"))
    .order_by(aliases.c.name)
    .limit(sa.bindparam("limit"))
)
_NUMBERED = models.update().values(next_number=models.c.next_number + 1, changed_at=sa.bindparam("now"))
_NUMBER = (models.c.next_number - 1).label("number")
_NEXT_NUMBER = Prepared(_NUMBERED.where(models.c.id == sa.bindparam("model_id")).returning(_NUMBER))
_NEXT_NUMBER_OF = Prepared(
    _NUMBERED.where(
        models.c.namespace_id == sa.bindparam("of_namespace"),
        models.c.name == sa.bindparam("of_name"),
        models.c.deleted_at.is_(None),
    ).returning(models.c.id, TITLED.label("title"), _NUMBER)
)


class Numbered(NamedTuple):
    """A model by its id, what clients of another protocol call it, and the number that a new version has."""

    id: int
    title: str
    number: int


def next_number(tx: Tx, model_id: int, now: datetime) -> int:
    """Allocate the next version number of a model, in one statement; it is never given out again."""
    return int(_NEXT_NUMBER.one(tx, {"model_id": model_id, "now": times.to_micros(now)}).number)


def next_number_of(tx: Tx, namespace_id: int, name: str, now: datetime) -> Numbered | None:
    """Do the same for a model by its name, which is locked by it; nothing where there is none, or it was deleted."""
    row = _NEXT_NUMBER_OF.one(tx, {"of_namespace": namespace_id, "of_name": name, "now": times.to_micros(now)})
    return None if row is None else Numbered(row.id, row.title, row.number)


def in_stage(tx: Tx, model_id: int, stage: str) -> list[int]:
    """Return the ids of the versions of a model that are in a stage."""
    return list(tx.execute(_IN_STAGE, {"model_id": model_id, "stage": stage}).scalars())


def alias(tx: Tx, model_id: int, name: str) -> int | None:
    """Return the id of the version that an alias names, if there is such an alias."""
    return tx.execute(_ALIAS, {"model_id": model_id, "name": name}).scalar_one_or_none()


def set_alias(tx: Tx, model_id: int, name: str, version_id: int, now: datetime) -> None:
    """Let an alias name a version, whatever it named before."""
    changed = {"version_id": version_id, "changed_at": times.to_micros(now)}
    statement = insert(tx, aliases).values(model_id=model_id, name=name, **changed)
    tx.execute(statement.on_conflict_do_update(index_elements=["model_id", "name"], set_=changed))


def remove_alias(tx: Tx, model_id: int, name: str) -> None:
    """Remove an alias."""
    tx.execute(aliases.delete().where(aliases.c.model_id == model_id, aliases.c.name == name))


def page_of_aliases(tx: Tx, model_id: int, *, after: str, limit: int) -> list[Alias]:
    """Return up to ``limit`` aliases of a model whose names come after ``after``."""
    rows = tx.execute(_PAGE, {"model_id": model_id, "after": after, "limit": limit})
    return [Alias(row.name, row.number, row.digest, times.from_micros(row.changed_at)) for row in rows]
