"""What of a model was imported, and what may be imported to it?"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from holotype.catalogue import sources
from holotype.catalogue.sources import Sourced
from holotype.catalogue.tables import aliases, documents, models, versions
from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.db.types import bound_list, in_list

_SELECT = sources.SELECT.add_columns(documents.c.provenance.label("origin")).outerjoin(
    documents, documents.c.version_id == versions.c.id
)
_OF_MODEL = versions.c.model_id == sa.bindparam("of_model")
_PAGE = (
    _SELECT.where(_OF_MODEL, versions.c.number > sa.bindparam("after"))
    .order_by(versions.c.number)
    .limit(sa.bindparam("limit"))
)
_NUMBERED = _SELECT.where(_OF_MODEL, in_list(versions.c.number, "numbers"))
_RAISE = Prepared(
    models.update()
    .where(models.c.id == sa.bindparam("of_model"), models.c.next_number < sa.bindparam("least"))
    .values(next_number=sa.bindparam("least"))
)
_NEXT = sa.select(models.c.next_number).where(models.c.id == sa.bindparam("of_model"))
_ALIASES = (
    sa.select(aliases.c.name, versions.c.id, versions.c.number)
    .join_from(aliases, versions)
    .where(aliases.c.model_id == sa.bindparam("of_model"))
)


@dataclass(frozen=True, slots=True)
class Found:
    """A version, and the registration and the missing bytes that its provenance tells of."""

    sourced: Sourced
    registration: str | None
    external: bool


def page(tx: Tx, model_id: int, *, after: int, limit: int) -> list[Found]:
    """Return versions of a model by number, deleted ones too."""
    return [_found(row) for row in tx.execute(_PAGE, {"of_model": model_id, "after": after, "limit": limit})]


def numbered(tx: Tx, model_id: int, numbers: Collection[int]) -> dict[int, Found]:
    """Return the versions of a model that have some numbers, deleted ones too."""
    rows = tx.execute(_NUMBERED, {"of_model": model_id, "numbers": bound_list(list(numbers))})
    return {row.number: _found(row) for row in rows}


def raise_next(tx: Tx, model_id: int, least: int) -> None:
    """Make sure that no number below ``least`` is given out any more."""
    _RAISE(tx, {"of_model": model_id, "least": least})


def next_number(tx: Tx, model_id: int) -> int:
    """Return the number that the next version would get."""
    return int(tx.execute(_NEXT, {"of_model": model_id}).scalar_one())


def aliases_of(tx: Tx, model_id: int) -> dict[str, tuple[int, int]]:
    """Return the version id and the number that each alias of a model names."""
    return {row.name: (row.id, row.number) for row in tx.execute(_ALIASES, {"of_model": model_id})}


def _found(row: Any) -> Found:
    origin = json.loads(bytes(row.origin)) if row.origin else {}
    source = origin.get("source") or {}
    return Found(sources.entity(row), source.get("registration"), bool(source.get("external")))
