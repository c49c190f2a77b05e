"""What do other protocols see of a version? Beside its columns, what they call its model and where it was said to lie.

A version that a client of theirs registered has a row in ``sources``; one of our own has none, and is shown all the
same. Everything about one version costs one statement.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from holotype.catalogue import contents
from holotype.catalogue import versions as catalogue
from holotype.catalogue.tables import TITLED, aliases, models, namespaces, sources, versions
from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.db.types import bound_list, in_list
from holotype.domain import names, times
from holotype.domain.entities import Version
from holotype.domain.provenance import Provenance
from holotype.domain.references import Reference

_LARGEST = 2**31 - 1


class Sourced(Struct, frozen=True):
    """A version, what clients of another protocol call its model (``title``), and where they said it came from."""

    version: Version
    title: str
    changed_at: datetime
    uri: str | None = None
    run_id: str | None = None
    run_link: str | None = None
    logged_model: str | None = None


SELECT: sa.Select[Any] = catalogue.SELECT.add_columns(
    TITLED.label("title"),
    sources.c.uri,
    sources.c.run_id,
    sources.c.run_link,
    sources.c.logged_model,
).outerjoin(sources, sources.c.version_id == versions.c.id)
"""Rows that :func:`entity` reads: a version, its model's title and its source."""

_IN_MODEL = SELECT.where(
    namespaces.c.name == sa.bindparam("namespace"),
    models.c.name == sa.bindparam("model"),
    models.c.deleted_at.is_(None),
    versions.c.deleted_at.is_(None),
)
_BY_NUMBER = Prepared(_IN_MODEL.where(versions.c.number == sa.bindparam("label", type_=sa.BigInteger)))
_LATEST = Prepared(_IN_MODEL.order_by(versions.c.number.desc()).limit(1))
_NAMED = (
    sa.select(aliases.c.version_id)
    .where(aliases.c.model_id == models.c.id, aliases.c.name == sa.bindparam("label"))
    .scalar_subquery()
)
_BY_ALIAS = Prepared(_IN_MODEL.where(versions.c.id == _NAMED))
_BY_IDS = Prepared(SELECT.where(in_list(versions.c.id, "ids")))


def find(tx: Tx, reference: Reference) -> Sourced | None:
    """Return the version that a number, an alias or ``latest`` names, if there is one that is not deleted."""
    label = reference.label or names.LATEST
    keys: dict[str, Any] = {"namespace": reference.namespace, "model": reference.model}
    if label.isascii() and label.isdigit():
        row = _BY_NUMBER.one(tx, keys | {"label": min(int(label[:12]), _LARGEST)})
    elif label == names.LATEST:
        row = _LATEST.one(tx, keys)
    else:
        row = _BY_ALIAS.one(tx, keys | {"label": label})
    return None if row is None else entity(row)


def by_ids(tx: Tx, ids: Collection[int]) -> list[Sourced]:
    """Return the versions with these ids, in the order of the ids."""
    found = {row.id: entity(row) for row in _BY_IDS(tx, {"ids": bound_list(list(ids))})}
    return [found[one] for one in ids if one in found]


def of_new(version: Version, title: str, origin: Provenance, now: datetime) -> Sourced:
    """Return a version that was registered at this moment as :func:`find` would."""
    return Sourced(version, title, now, **contents.source_of(origin))


def entity(row: Any) -> Sourced:
    """Return what a row of :data:`SELECT` says."""
    return Sourced(
        catalogue.entity(row),
        title=row.title,
        changed_at=times.from_micros(row.changed_at),
        uri=row.uri,
        run_id=row.run_id,
        run_link=row.run_link,
        logged_model=row.logged_model,
    )
