"""Which versions have a number while their bytes are still copied in, or failed to come?

An intake is ``pending`` until its version is registered, and then it is gone; or it is ``failed`` and waits for
somebody who asks for it again. ``next_try_at`` says when a server may take it up: a server that does sets it to the
end of its claim, so that another one goes on where a dead one stopped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from holotype.catalogue.tables import intake_files, intakes, models, namespaces
from holotype.db import Tx
from holotype.db.types import insert
from holotype.domain import times
from holotype.domain.entities import Intake

PENDING, FAILED = "pending", "failed"


class Copied(NamedTuple):
    """A file of an intake: its digest once it is here, and its upload as long as it comes in parts.

    ``mark`` is the state in which the source had it.
    """

    digest: str | None
    size: int
    mark: str = ""
    upload_id: str | None = None


_ROWS = (
    sa.select(intakes, namespaces.c.name.label("namespace"), models.c.name.label("model"))
    .join_from(intakes, models, models.c.id == intakes.c.model_id)
    .join(namespaces, namespaces.c.id == intakes.c.namespace_id)
)
_WAITING = (
    sa.select(intakes.c.id)
    .where(intakes.c.next_try_at <= sa.bindparam("now"))
    .order_by(intakes.c.next_try_at, intakes.c.id)
    .limit(sa.bindparam("limit"))
)


def create(tx: Tx, values: Mapping[str, Any], *, tags: Mapping[str, str], now: datetime) -> int:
    """Write a pending intake and return its id; ``values`` has the columns that say what was asked for."""
    moment = times.to_micros(now)
    moments = dict.fromkeys(("created_at", "changed_at", "next_try_at"), moment)
    row = {"status": PENDING, "tags": json.dumps(dict(tags)), **moments, **values}
    return int(tx.execute(intakes.insert().values(**row).returning(intakes.c.id)).scalar_one())


def get(tx: Tx, model_id: int, number: int) -> Intake | None:
    """Return the intake that has a number of a model, if one has."""
    return _one(tx, (intakes.c.model_id == model_id) & (intakes.c.number == number))


def named(tx: Tx, model_id: int, number: str) -> Intake | None:
    """Return the intake of a model that a text names by its number."""
    return get(tx, model_id, int(number)) if number.isascii() and number.isdigit() and len(number) < 10 else None


def by_id(tx: Tx, intake_id: int) -> Intake | None:
    """Return an intake, unless it is over or was deleted."""
    return _one(tx, intakes.c.id == intake_id)


def by_ids(tx: Tx, ids: Sequence[int]) -> list[Intake]:
    """Return intakes in the order of their ids as given, without those that are gone."""
    if not ids:
        return []
    found = {row.id: _entity(row) for row in tx.execute(_ROWS.where(intakes.c.id.in_(ids)))}
    return [found[one] for one in ids if one in found]


def page(
    tx: Tx, *, namespace_id: int | None = None, model_id: int | None = None, before: int | None = None, limit: int
) -> list[Intake]:
    """Return up to ``limit`` intakes with ids under ``before``, the newest first."""
    wanted = [(intakes.c.namespace_id, namespace_id), (intakes.c.model_id, model_id)]
    where = [column == value for column, value in wanted if value is not None]
    where += [] if before is None else [intakes.c.id < before]
    rows = _ROWS.where(*where).order_by(intakes.c.id.desc()).limit(limit)
    return [_entity(row) for row in tx.execute(rows)]


def change(
    tx: Tx, intake_id: int, now: datetime, *, description: str | None = None, tags: Mapping[str, str] | None = None
) -> None:
    """Give an intake other words; its version will bear them."""
    values: dict[str, Any] = {"changed_at": times.to_micros(now)}
    if description is not None:
        values["description"] = description
    if tags is not None:
        values["tags"] = json.dumps(dict(tags))
    tx.execute(intakes.update().where(intakes.c.id == intake_id).values(**values))


def remove(tx: Tx, intake_id: int) -> bool:
    """Forget an intake with what was copied for it, and say whether it was there. Its number stays taken."""
    tx.execute(intake_files.delete().where(intake_files.c.intake_id == intake_id))
    return bool(tx.execute(intakes.delete().where(intakes.c.id == intake_id)).rowcount)


def remove_of_model(tx: Tx, model_id: int) -> None:
    """Forget every intake of a model with what was copied for it."""
    mine = intakes.c.model_id == model_id
    tx.execute(intake_files.delete().where(intake_files.c.intake_id.in_(sa.select(intakes.c.id).where(mine))))
    tx.execute(intakes.delete().where(mine))


def waiting(tx: Tx, now: datetime, limit: int) -> list[int]:
    """Return ids of intakes whose turn it is, the longest waiting first."""
    return list(tx.execute(_WAITING, {"now": times.to_micros(now), "limit": limit}).scalars())


def claim(tx: Tx, intake_id: int, now: datetime, until: datetime) -> Intake | None:
    """Take up an intake until then; nothing where somebody else did, or where it is gone."""
    taken = intakes.update().where((intakes.c.id == intake_id) & (intakes.c.next_try_at <= times.to_micros(now)))
    values = {"next_try_at": times.to_micros(until), "attempts": intakes.c.attempts + 1}
    done = tx.execute(taken.values(**values).returning(intakes.c.id)).first()
    return None if done is None else by_id(tx, intake_id)


def hold(tx: Tx, intake_id: int, held: datetime, until: datetime, *, attempts: int | None = None) -> bool:
    """Stay with an intake that is ``held`` until a moment for longer; false where it is ours no more."""
    values = {"next_try_at": times.to_micros(until)} | ({} if attempts is None else {"attempts": attempts})
    return _settle(tx, intake_id, held, values)


def put_off(tx: Tx, intake_id: int, held: datetime, until: datetime, reason: str, *, now: datetime) -> bool:
    """Let an intake that is held wait until a moment, and say why."""
    moments = {"next_try_at": times.to_micros(until), "changed_at": times.to_micros(now)}
    return _settle(tx, intake_id, held, {"reason": reason, **moments})


def fail(tx: Tx, intake_id: int, held: datetime, reason: str, *, now: datetime) -> bool:
    """Give an intake up that is held, and say why."""
    values = {"status": FAILED, "next_try_at": None, "reason": reason, "changed_at": times.to_micros(now)}
    return _settle(tx, intake_id, held, values)


def renew(tx: Tx, intake_id: int, now: datetime) -> None:
    """Let an intake begin again, at once; what was copied for it stays."""
    moment = times.to_micros(now)
    values = {"status": PENDING, "reason": "", "attempts": 0, "next_try_at": moment, "changed_at": moment}
    tx.execute(intakes.update().where(intakes.c.id == intake_id).values(**values))


def files(tx: Tx, intake_id: int) -> dict[str, Copied]:
    """Return how far the files of an intake have come, by path."""
    rows = tx.execute(sa.select(intake_files).where(intake_files.c.intake_id == intake_id))
    return {row.path: Copied(row.digest, row.size, row.mark, row.upload_id) for row in rows}


def note_file(tx: Tx, intake_id: int, path: str, copied: Copied) -> None:
    """Write down how far a file of an intake has come."""
    known = copied._asdict()
    statement = insert(tx, intake_files).values(intake_id=intake_id, path=path, **known)
    tx.execute(statement.on_conflict_do_update(index_elements=["intake_id", "path"], set_=known))


def _settle(tx: Tx, intake_id: int, held: datetime, values: dict[str, Any]) -> bool:
    """Change an intake, unless somebody else has taken it up or deleted it meanwhile."""
    ours = (intakes.c.id == intake_id) & (intakes.c.next_try_at == times.to_micros(held))
    return bool(tx.execute(intakes.update().where(ours).values(**values)).rowcount)


def _one(tx: Tx, where: sa.ColumnElement[bool]) -> Intake | None:
    row = tx.execute(_ROWS.where(where)).one_or_none()
    return None if row is None else _entity(row)


def _entity(row: Any) -> Intake:
    return Intake(
        id=row.id,
        namespace_id=row.namespace_id,
        model_id=row.model_id,
        namespace=row.namespace,
        model=row.model,
        number=row.number,
        status=row.status,
        reason=row.reason,
        uri=row.uri,
        registration=row.registration,
        created_at=times.from_micros(row.created_at),
        created_by=row.created_by,
        changed_at=times.from_micros(row.changed_at),
        attempts=row.attempts,
        run_id=row.run_id,
        run_link=row.run_link,
        logged_model=row.logged_model,
        description=row.description,
        tags=json.loads(row.tags),
    )
