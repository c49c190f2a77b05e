"""Which version does a reference name?"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec.json import decode

from holotype.catalogue.tables import aliases, models, namespaces, version_tags, versions
from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.db.types import bound_list, in_list, json_list, json_map
from holotype.domain import lifecycle, names, times
from holotype.domain.entities import Version
from holotype.domain.references import Reference
from holotype.errors import AmbiguousReference, Conflict, NotFound

_ALIASES = sa.select(json_list(aliases.c.name)).where(
    aliases.c.version_id == versions.c.id, aliases.c.model_id == versions.c.model_id
)
_TAGS = sa.select(json_map(version_tags.c.key, version_tags.c.value)).where(version_tags.c.version_id == versions.c.id)
_COLUMNS = [column for column in versions.c if column.name not in {"card", "config_digest"}]

SELECT: sa.Select[Any] = (
    sa.select(
        *_COLUMNS,
        namespaces.c.name.label("namespace"),
        models.c.name.label("model"),
        _ALIASES.scalar_subquery().label("aliases"),
        _TAGS.scalar_subquery().label("tags"),
    )
    .join_from(versions, models, versions.c.model_id == models.c.id)
    .join(namespaces, models.c.namespace_id == namespaces.c.id)
)

_IN_MODEL = SELECT.where(
    namespaces.c.name == sa.bindparam("namespace"),
    models.c.name == sa.bindparam("model"),
    models.c.deleted_at.is_(None),
)
_LIVE = versions.c.deleted_at.is_(None)
_BY_NUMBER = Prepared(_IN_MODEL.where(versions.c.number == sa.bindparam("label", type_=sa.BigInteger)))
_LATEST = Prepared(_IN_MODEL.where(_LIVE).order_by(versions.c.number.desc()).limit(1))
_BY_STAGE = Prepared(
    _IN_MODEL.where(_LIVE, versions.c.stage == sa.bindparam("label")).order_by(versions.c.number.desc()).limit(6)
)
_NAMED = (
    sa.select(aliases.c.version_id)
    .where(aliases.c.model_id == models.c.id, aliases.c.name == sa.bindparam("label"))
    .scalar_subquery()
)
_BY_ALIAS = Prepared(_IN_MODEL.where(_LIVE, versions.c.id == _NAMED))
_BY_DIGEST = Prepared(_IN_MODEL.where(versions.c.digest == sa.bindparam("label")))
_BY_IDS = Prepared(SELECT.where(in_list(versions.c.id, "ids")))
_EXISTS = (
    sa.select(namespaces.c.id, models.c.id, models.c.deleted_at)
    .join_from(
        namespaces, models, (models.c.namespace_id == namespaces.c.id) & (models.c.name == sa.bindparam("model"))
    )
    .where(namespaces.c.name == sa.bindparam("namespace"))
)
_LATEST_AT = (
    sa.select(versions.c.id)
    .where(
        versions.c.model_id == sa.bindparam("model_id"),
        versions.c.created_at <= sa.bindparam("moment"),
        versions.c.deleted_at.is_(None) | (versions.c.deleted_at > sa.bindparam("moment")),
    )
    .order_by(versions.c.number.desc())
    .limit(1)
)
_HOLDING = (
    SELECT.where(versions.c.model_id == sa.bindparam("model_id"), _LIVE)
    .where(
        in_list(versions.c.stage, "stages")
        | versions.c.id.in_(sa.select(aliases.c.version_id).where(aliases.c.model_id == sa.bindparam("model_id")))
    )
    .limit(6)
)
_OF_MODEL = versions.c.model_id == sa.bindparam("model_id")
_BESIDE = sa.select(
    *[
        sa.select(found).where(_OF_MODEL, _LIVE, where).scalar_subquery()
        for found, where in (
            (sa.func.max(versions.c.number), versions.c.number < sa.bindparam("number")),
            (sa.func.min(versions.c.number), versions.c.number > sa.bindparam("number")),
            (sa.func.max(versions.c.number), versions.c.stage == lifecycle.PRODUCTION),
        )
    ]
)
_CARD = sa.select(versions.c.card).where(versions.c.id == sa.bindparam("id"))
_LARGEST_NUMBER = 2**31 - 1


def find(tx: Tx, reference: Reference, *, deleted: bool = False) -> Version:
    """Return the version that a reference names.

    Raises ``NotFound`` for an unknown model or label, ``AmbiguousReference`` where a stage holds several versions,
    and ``Conflict`` where label and digest are both given and disagree.
    """
    label = reference.label
    if label is None and reference.digest is None:
        label = names.LATEST
    rows = _rows(tx, reference, label)
    if len(rows) > 1:
        numbers = ", ".join(str(row.number) for row in rows[:5]) + (", …" if len(rows) > 5 else "")
        raise AmbiguousReference(f"{reference} names several versions: {numbers}.", hint="Give the number instead.")
    if not rows:
        raise _missing(tx, reference)
    found = entity(rows[0])
    if found.deleted_at is not None and not deleted:
        raise NotFound(f"{found.reference} was deleted.", hint=f"Bring it back: `holotype restore {found.reference}`.")
    if reference.digest is not None and found.digest != reference.digest:
        raise Conflict(
            f"{reference.model_reference}:{label} is not {reference.digest}.",
            hint=f"The label names version {found.number}, {found.digest}.",
        )
    return found


def with_digest(tx: Tx, model: Reference, digest: str) -> Version | None:
    """Return the version of a model that has a digest, deleted or not, if there is one."""
    row = _BY_DIGEST.one(tx, {"namespace": model.namespace, "model": model.model, "label": digest})
    return None if row is None else entity(row)


def by_ids(tx: Tx, ids: Collection[int]) -> list[Version]:
    """Return the versions with these ids, in the order of the ids."""
    found = {row.id: entity(row) for row in _BY_IDS(tx, {"ids": bound_list(list(ids))})}
    return [found[i] for i in ids if i in found]


def latest_at(tx: Tx, model_id: int, moment: datetime) -> list[int]:
    """Return the id of the version that was the latest of a model at a moment, if there was one."""
    return list(tx.execute(_LATEST_AT, {"model_id": model_id, "moment": times.to_micros(moment)}).scalars())


def in_model(tx: Tx, model_id: int, *, stages: Collection[str]) -> list[Version]:
    """Return up to six versions of a model that are in one of some stages or have an alias: what holds the model."""
    rows = tx.execute(_HOLDING, {"model_id": model_id, "stages": bound_list(stages)})
    return [entity(row) for row in rows]


def mark_deleted(tx: Tx, model_id: int, now: datetime) -> None:
    """Mark every live version of a model as deleted at a moment."""
    micros = times.to_micros(now)
    where = (versions.c.model_id == model_id) & versions.c.deleted_at.is_(None)
    tx.execute(versions.update().where(where).values(deleted_at=micros, changed_at=micros))


def mark_restored(tx: Tx, model_id: int, moment: datetime, now: datetime) -> None:
    """Bring back those versions of a model that were deleted at exactly that moment."""
    where = (versions.c.model_id == model_id) & (versions.c.deleted_at == times.to_micros(moment))
    tx.execute(versions.update().where(where).values(deleted_at=None, changed_at=times.to_micros(now)))


def quarantine(tx: Tx, ids: Collection[int], now: datetime) -> None:
    """Mark versions as held by a quarantine from a moment on; those that are held already stay as they are."""
    where = in_list(versions.c.id, "ids") & versions.c.quarantined_at.is_(None)
    micros = times.to_micros(now)
    statement = versions.update().where(where).values(quarantined_at=micros, changed_at=micros)
    tx.execute(statement, {"ids": bound_list(list(ids))})


def release(tx: Tx, ids: Collection[int], now: datetime) -> None:
    """Mark versions as held by no quarantine any more."""
    statement = versions.update().where(in_list(versions.c.id, "ids"))
    tx.execute(statement.values(quarantined_at=None, changed_at=times.to_micros(now)), {"ids": bound_list(list(ids))})


def insert(tx: Tx, values: dict[str, Any]) -> int:
    """Insert a version and return its id."""
    return int(_INSERT.one(tx, values).id)


def change(tx: Tx, version_id: int, now: datetime, **values: Any) -> None:
    """Set columns of a version that may change (description, card, stage, deleted_at) and its time of change."""
    values["changed_at"] = times.to_micros(now)
    tx.execute(versions.update().where(versions.c.id == version_id).values(values))


def touch(tx: Tx, ids: Collection[int], now: datetime) -> None:
    """Set the time of change of versions about which something changed that is kept elsewhere."""
    tx.execute(versions.update().where(versions.c.id.in_(ids)).values(changed_at=times.to_micros(now)))


def beside(tx: Tx, version: Version) -> tuple[int | None, int | None, int | None]:
    """Return the numbers of the version before one, of the next, and of the one in production, as far as they exist."""
    before, after, production = tx.execute(_BESIDE, {"model_id": version.model_id, "number": version.number}).one()
    return before, after, production


def card(tx: Tx, version_id: int) -> str:
    """Return the model card of a version, Markdown."""
    return str(tx.execute(_CARD, {"id": version_id}).scalar_one())


def entity(row: Any) -> Version:
    """Return the version of a row of :data:`SELECT`."""
    return Version(
        id=row.id,
        model_id=row.model_id,
        namespace_id=row.namespace_id,
        namespace=row.namespace,
        model=row.model,
        number=row.number,
        digest=row.digest,
        size=row.size,
        file_count=row.file_count,
        stage=row.stage,
        stage_changed_at=times.from_micros(row.stage_changed_at),
        description=row.description,
        created_at=times.from_micros(row.created_at),
        created_by=row.created_by,
        deleted_at=None if row.deleted_at is None else times.from_micros(row.deleted_at),
        provenance_digest=row.provenance_digest,
        quarantined_at=None if row.quarantined_at is None else times.from_micros(row.quarantined_at),
        examined=row.examined_at is not None,
        aliases=tuple(sorted(decode(row.aliases))) if row.aliases else (),
        tags=decode(row.tags) if row.tags else {},
    )


def _rows(tx: Tx, reference: Reference, label: str | None) -> list[Any]:
    value: str | int | None = label
    if label is None:
        statement, value = _BY_DIGEST, reference.digest
    elif label.isascii() and label.isdigit():
        statement, value = _BY_NUMBER, min(int(label[:12]), _LARGEST_NUMBER)
    elif label == names.LATEST:
        statement = _LATEST
    elif label in lifecycle.STAGES:
        statement = _BY_STAGE
    else:
        statement = _BY_ALIAS
    keys = {"namespace": reference.namespace, "model": reference.model, "label": value}
    found = statement(tx, keys)
    return found or _BY_STAGE(tx, keys) if statement is _BY_ALIAS else found  # a stage that the policy names


def _missing(tx: Tx, reference: Reference) -> NotFound:
    model = reference.model_reference
    row = tx.execute(_EXISTS, {"namespace": reference.namespace, "model": reference.model}).one_or_none()
    if row is None:
        return NotFound(f"There is no model {model}.", hint="List the models with `holotype ls`.")
    if row.deleted_at is not None:
        return NotFound(f"The model {model} was deleted.", hint=f"Bring it back: `holotype restore {model}`.")
    if reference.label in lifecycle.STAGES:
        return NotFound(f"No version of {model} is in {reference.label}.", hint=f"See `holotype show {model}`.")
    return NotFound(f"There is no {reference}.", hint=f"List versions with `holotype show {model}`.")


_LATER = {"id", "deleted_at", "quarantined_at", "examined_at"}
_WRITTEN = [column.name for column in versions.c if column.name not in _LATER]
_INSERT = Prepared(versions.insert().returning(versions.c.id), _WRITTEN)
