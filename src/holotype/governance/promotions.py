"""Which moves were asked for, and what became of them? One row a request; what it says last is what is so.

Governance lies beside the catalogue: a row names its versions by id, and the verbs put the versions to it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.db.sets import IdSet, held_in
from holotype.db.types import bound_list, in_list
from holotype.domain import times
from holotype.domain.entities import Verdict
from holotype.governance.tables import promotions

PENDING, APPLIED, REFUSED, REJECTED = "pending", "applied", "refused", "rejected"
WITHDRAWN, EXPIRED = "withdrawn", "expired"
STATUSES = (PENDING, APPLIED, REFUSED, REJECTED, WITHDRAWN, EXPIRED)
STAGE, ALIAS, ROLLBACK = "stage", "alias", "rollback"
_FEW = 50

_ID = sa.bindparam("id", type_=sa.BigInteger)
_PENDING = promotions.c.status == sa.literal_column(f"'{PENDING}'")
_INSERT = Prepared(
    promotions.insert().returning(promotions.c.id), [one.name for one in promotions.c if one.name != "id"]
)
_GET = Prepared(sa.select(promotions).where(promotions.c.id == _ID))
_OPEN = Prepared(
    sa.select(promotions)
    .where(promotions.c.version_id == sa.bindparam("version_id"), promotions.c.target == sa.bindparam("target"))
    .where(_PENDING, promotions.c.kind == sa.bindparam("kind"))
)
_OF_MODEL = Prepared(
    sa.select(promotions).where(promotions.c.model_id == sa.bindparam("model_id"), _PENDING).order_by(promotions.c.id)
)
_OF_MODELS = sa.select(promotions).where(in_list(promotions.c.model_id, "models"), _PENDING).order_by(promotions.c.id)
_OF_NAMESPACE = (
    sa.select(promotions).where(promotions.c.namespace_id == sa.bindparam("namespace_id"), _PENDING)
).order_by(promotions.c.id)
_DUE = (
    sa.select(promotions)
    .where(_PENDING, promotions.c.expires_at <= sa.bindparam("now"))
    .order_by(promotions.c.expires_at, promotions.c.id)
    .limit(sa.bindparam("limit"))
)
_OF_VERSION = (
    sa.select(promotions)
    .where(promotions.c.version_id == sa.bindparam("version_id"))
    .order_by(promotions.c.id.desc())
    .limit(sa.bindparam("limit"))
)
_BY_IDS = sa.select(promotions).where(in_list(promotions.c.id, "ids")).order_by(promotions.c.id.desc())
_LAST_ASKED = (
    sa.select(promotions)
    .where(promotions.c.version_id == sa.bindparam("version_id"), promotions.c.target == sa.bindparam("target"))
    .where(promotions.c.kind != ROLLBACK)
    .order_by(promotions.c.id.desc())
    .limit(1)
)
_LAST_APPLIED = (
    sa.select(promotions)
    .where(promotions.c.version_id == sa.bindparam("version_id"), promotions.c.target == sa.bindparam("target"))
    .where(promotions.c.status == APPLIED, promotions.c.kind == sa.bindparam("kind"))
    .order_by(promotions.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Request:
    """A row: a promotion that names its versions by id. ``requester_id`` is a person."""

    id: int
    namespace_id: int
    model_id: int
    version_id: int
    digest: str
    kind: str
    source: str
    target: str
    status: str
    policy: int
    incumbent_id: int | None
    replaced_id: int | None
    requester_id: int
    requested_by: str
    created_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    reason: str
    note: str
    verdicts: tuple[Verdict, ...]
    evidence: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which requests: those that meet every condition given."""

    status: str | None = None
    namespace_id: int | None = None
    model_id: int | None = None
    requester_id: int | None = None
    inside: tuple[IdSet, IdSet] | None = None
    """Namespaces and models, of which a request has to be about one."""


def insert(tx: Tx, values: dict[str, Any]) -> int:
    """Insert a request, given its columns (verdicts and evidence as values), and return its id."""
    return int(_INSERT.one(tx, _plain(values)).id)


def change(tx: Tx, identifier: int, **values: Any) -> None:
    """Set columns of a request: what was asked again, and how it ended."""
    tx.execute(promotions.update().where(promotions.c.id == identifier).values(_plain(values)))


def get(tx: Tx, identifier: int) -> Request | None:
    """Return a request by its id."""
    row = _GET.one(tx, {"id": identifier}) if 0 < identifier < 2**63 else None
    return None if row is None else _entity(row)


def open_one(tx: Tx, version_id: int, kind: str, target: str) -> Request | None:
    """Return the pending request to move a version to a target, if there is one."""
    row = _OPEN.one(tx, {"version_id": version_id, "kind": kind, "target": target})
    return None if row is None else _entity(row)


def pending_of_model(tx: Tx, model_id: int) -> list[Request]:
    """Return the pending requests about versions of a model, the oldest first."""
    return [_entity(row) for row in _OF_MODEL(tx, {"model_id": model_id})]


def pending_of_models(tx: Tx, model_ids: Collection[int]) -> list[Request]:
    """Return the pending requests about versions of some models, the oldest first."""
    return [_entity(row) for row in tx.execute(_OF_MODELS, {"models": bound_list(list(model_ids))})]


def pending_of_namespace(tx: Tx, namespace_id: int) -> list[Request]:
    """Return the pending requests of a namespace, the oldest first."""
    return [_entity(row) for row in tx.execute(_OF_NAMESPACE, {"namespace_id": namespace_id})]


def of_version(tx: Tx, version_id: int, limit: int) -> list[Request]:
    """Return the last requests about a version, the newest first."""
    return [_entity(row) for row in tx.execute(_OF_VERSION, {"version_id": version_id, "limit": limit})]


def by_ids(tx: Tx, ids: Collection[int]) -> list[Request]:
    """Return requests by their ids, the newest first."""
    return [_entity(row) for row in tx.execute(_BY_IDS, {"ids": bound_list(list(ids))})] if ids else []


def due(tx: Tx, now: datetime, limit: int) -> list[Request]:
    """Return up to ``limit`` pending requests whose time is over."""
    return [_entity(row) for row in tx.execute(_DUE, {"now": times.to_micros(now), "limit": limit})]


def last_asked(tx: Tx, version_id: int, target: str) -> Request | None:
    """Return the newest request to move a version to a target, whatever became of it, rollbacks not counted."""
    row = tx.execute(_LAST_ASKED, {"version_id": version_id, "target": target}).first()
    return None if row is None else _entity(row)


def last_applied(tx: Tx, version_id: int, target: str, kind: str = STAGE) -> Request | None:
    """Return the request that brought a version to a target the last time, rollbacks not counted."""
    row = tx.execute(_LAST_APPLIED, {"version_id": version_id, "target": target, "kind": kind}).first()
    return None if row is None else _entity(row)


def page(tx: Tx, wanted: Filter, *, before: int | None, limit: int) -> list[Request]:
    """Return up to ``limit`` requests with ids under ``before``, the newest first."""
    statement = sa.select(promotions).order_by(promotions.c.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(promotions.c.id < before)
    statement = narrowed(statement, wanted)
    if wanted.status is not None:
        statement = statement.where(_PENDING if wanted.status == PENDING else promotions.c.status == wanted.status)
    return [_entity(row) for row in tx.execute(statement)]


def narrowed(statement: sa.Select[Any], wanted: Filter) -> sa.Select[Any]:
    """Add the conditions of a filter, but for the status; where few places are meant, an index has them."""
    for name in ("namespace_id", "model_id", "requester_id"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(promotions.c[name] == value)
    if wanted.inside is None:
        return statement
    spaces, lines = wanted.inside
    if len(spaces.ids) + len(lines.ids) > _FEW:
        inside = held_in(promotions.c.namespace_id, spaces) | held_in(promotions.c.model_id, lines)
    else:
        inside = promotions.c.namespace_id.in_(sorted(spaces.ids)) | promotions.c.model_id.in_(sorted(lines.ids))
    return statement.where(inside)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Return columns as the database takes them."""
    plain = dict(values)
    if "verdicts" in plain:
        plain["verdicts"] = _written(plain["verdicts"])
    if "evidence" in plain:
        plain["evidence"] = json.dumps(list(plain["evidence"]))
    for name in ("created_at", "expires_at", "ended_at"):
        if plain.get(name) is not None:
            plain[name] = times.to_micros(plain[name])
    return plain


def _written(verdicts: Sequence[Verdict]) -> str:
    return json.dumps([[one.gate, one.status, one.reason, one.remedy, one.override] for one in verdicts])


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else times.from_micros(micros)


def _entity(row: Any) -> Request:
    return Request(
        id=row.id,
        namespace_id=row.namespace_id,
        model_id=row.model_id,
        version_id=row.version_id,
        digest=row.digest,
        kind=row.kind,
        source=row.source,
        target=row.target,
        status=row.status,
        policy=row.policy_number,
        incumbent_id=row.incumbent_id,
        replaced_id=row.replaced_id,
        requester_id=row.requester_id,
        requested_by=row.requested_by,
        created_at=times.from_micros(row.created_at),
        expires_at=_moment(row.expires_at),
        ended_at=_moment(row.ended_at),
        reason=row.reason,
        note=row.note,
        verdicts=tuple(Verdict(*one) for one in json.loads(row.verdicts)),
        evidence=tuple(json.loads(row.evidence)),
    )
