"""Which bytes are on their way in?

An upload is a row from before its first byte is written until its blob is in the catalogue. As long as it is there, the
sweep leaves its digest alone; that is what keeps a blob from being deleted while it is stored again.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from holotype.artifacts.tables import upload_parts, uploads
from holotype.db import Tx
from holotype.db.types import bound_list, in_list
from holotype.domain import times
from holotype.domain.entities import Upload
from holotype.errors import Expired, NotFound

PART_LIMIT = 10_000
WHOLE = 0
"""The ``part_size`` of a file that comes whole in one request."""
UNKNOWN = ""
"""The digest of bytes of which nobody has said what they are."""

_COMPLETED_KEPT = timedelta(days=1)
_MIB = 2**20

_ONE = sa.select(uploads).where(
    uploads.c.id == sa.bindparam("id"),
    uploads.c.namespace_id == sa.bindparam("namespace_id"),
    uploads.c.part_size > 0,
    uploads.c.part_count.is_(None),
)
_ANY = sa.select(uploads).where(uploads.c.id == sa.bindparam("id"))
_WITH_PART = _ONE.add_columns(
    sa.exists()
    .where(upload_parts.c.upload_id == uploads.c.id, upload_parts.c.number == sa.bindparam("number"))
    .label("there")
)
_PARTS = (
    sa.select(upload_parts.c.number)
    .where(upload_parts.c.upload_id == sa.bindparam("id"))
    .order_by(upload_parts.c.number)
)
_UNDER_WAY = (
    sa.select(uploads)
    .where(
        uploads.c.digest == sa.bindparam("digest"),
        uploads.c.namespace_id == sa.bindparam("namespace_id"),
        uploads.c.size == sa.bindparam("size"),
        uploads.c.part_size > 0,
        uploads.c.part_count.is_(None),
        uploads.c.completed_at.is_(None),
        uploads.c.expires_at > sa.bindparam("now"),
    )
    .order_by(uploads.c.created_at, uploads.c.id)
    .limit(1)
)
_HAS_PART = sa.select(upload_parts.c.number).where(
    upload_parts.c.upload_id == sa.bindparam("id"), upload_parts.c.number == sa.bindparam("number")
)
_EXTEND = uploads.update().where(uploads.c.id == sa.bindparam("of")).values(expires_at=sa.bindparam("until"))
_NAME = (
    uploads.update()
    .where(uploads.c.id == sa.bindparam("of"), uploads.c.completed_at.is_(None))
    .values(digest=sa.bindparam("named"), size=sa.bindparam("sized"))
)
_COMPLETE = (
    uploads.update()
    .where(uploads.c.id == sa.bindparam("of"))
    .values(completed_at=sa.bindparam("at"), expires_at=sa.bindparam("until"))
)
_DROP_PARTS = upload_parts.delete().where(in_list(upload_parts.c.upload_id, "of"))
_REMOVE = uploads.delete().where(in_list(uploads.c.id, "of"))


def _insert_part(insert: Any) -> Any:
    of = sa.select(
        uploads.c.id,
        sa.bindparam("number", type_=sa.Integer),
        sa.bindparam("size", type_=sa.BigInteger),
        sa.bindparam("mark", type_=sa.String),
    ).where(uploads.c.id == sa.bindparam("of"), uploads.c.completed_at.is_(None))
    statement = insert(upload_parts).from_select(["upload_id", "number", "size", "mark"], of)
    once = statement.on_conflict_do_nothing(index_elements=["upload_id", "number"])
    return once.execution_options(preserve_rowcount=True)


_INSERT_PART = {"sqlite": _insert_part(sqlite.insert), "postgresql": _insert_part(postgresql.insert)}


def part_size_for(size: int, wanted: int) -> int:
    """Return the size of the parts: as wanted, or larger, by whole MiB, so that there are at most 10,000."""
    least = -(-size // PART_LIMIT)
    return wanted if wanted >= least else -(-least // _MIB) * _MIB


def count(upload: Upload) -> int:
    """Return how many parts the upload has; an empty file has none."""
    return -(-upload.size // upload.part_size)


def size_of(upload: Upload, number: int) -> int | None:
    """Return the size of one part, or nothing where there is no such part."""
    if not 0 <= number < count(upload):
        return None
    return min(upload.part_size, upload.size - number * upload.part_size)


def under_way(tx: Tx, namespace_id: int, digest: str, size: int, *, until: datetime, now: datetime) -> Upload | None:
    """Return the upload of these bytes that can be resumed, if there is one, and keep it ``until`` then."""
    values = {"namespace_id": namespace_id, "digest": digest, "size": size, "now": times.to_micros(now)}
    row = tx.execute(_UNDER_WAY, values).one_or_none()
    if row is None:
        return None
    tx.execute(_EXTEND, {"of": row.id, "until": times.to_micros(until)})
    return _entity(row, expires_at=until, parts=_parts(tx, row.id))


def begin(
    tx: Tx, namespace_id: int, wanted: Sequence[tuple[str, int, int]], *, by: str, until: datetime, now: datetime
) -> list[Upload]:
    """Announce bytes to come; ``wanted`` has digest, size and part size."""
    begun = [Upload(str(uuid.uuid4()), namespace_id, *each, now, until) for each in wanted]
    tx.execute(
        uploads.insert(),
        [
            {
                "id": upload.id,
                "namespace_id": namespace_id,
                "digest": upload.digest,
                "size": upload.size,
                "part_size": upload.part_size,
                "created_at": times.to_micros(now),
                "created_by": by,
                "expires_at": times.to_micros(until),
            }
            for upload in begun
        ],
    )
    return begun


def keep(tx: Tx, upload_id: str, until: datetime) -> None:
    """Give an upload more time."""
    tx.execute(_EXTEND, {"of": upload_id, "until": times.to_micros(until)})


def name(tx: Tx, upload_id: str, digest: str, size: int) -> None:
    """Announce what it is that has come, of which nobody said so beforehand."""
    if tx.execute(_NAME, {"of": upload_id, "named": digest, "sized": size}).rowcount < 1:
        raise gone(upload_id)


def get(tx: Tx, namespace_id: int, upload_id: str, *, now: datetime) -> tuple[Upload, bool]:
    """Return an upload with the parts that have arrived, and whether it was completed."""
    row = tx.execute(_ONE, {"id": upload_id, "namespace_id": namespace_id}).one_or_none()
    live = _live(row, upload_id, now)
    return _entity(live, parts=_parts(tx, upload_id)), live.completed_at is not None


def get_for_part(tx: Tx, namespace_id: int, upload_id: str, number: int, *, now: datetime) -> tuple[Upload, bool]:
    """Return an upload without its parts, and whether this one is not wanted any more."""
    values = {"id": upload_id, "namespace_id": namespace_id, "number": number}
    row = _live(tx.execute(_WITH_PART, values).one_or_none(), upload_id, now)
    return _entity(row), bool(row.there) or row.completed_at is not None


def has_part(tx: Tx, upload_id: str, number: int) -> bool:
    """Say whether a part was acknowledged."""
    return tx.execute(_HAS_PART, {"id": upload_id, "number": number}).one_or_none() is not None


def add_part(tx: Tx, upload_id: str, number: int, size: int, mark: str = "") -> None:
    """Write down that a part has arrived; ``mark`` is what its sender is told of it."""
    values = {"of": upload_id, "number": number, "size": size, "mark": mark}
    try:
        done = tx.execute(_INSERT_PART[tx.dialect.name], values).rowcount
    except sa.exc.IntegrityError:
        raise gone(upload_id) from None
    if done < 1 and not has_part(tx, upload_id, number):
        raise gone(upload_id)


def complete(tx: Tx, upload_id: str, now: datetime) -> None:
    """Note that the blob is there; the row stays for a day, so that completing again is answered."""
    moment, until = times.to_micros(now), times.to_micros(now + _COMPLETED_KEPT)
    if tx.execute(_COMPLETE, {"of": upload_id, "at": moment, "until": until}).rowcount < 1:
        raise gone(upload_id)
    tx.execute(_DROP_PARTS, {"of": bound_list([upload_id])})


def remove(tx: Tx, ids: Sequence[str], *, present: bool = False) -> None:
    """Forget uploads and their parts; with ``present``, raise if one of them is gone already."""
    tx.execute(_DROP_PARTS, {"of": bound_list(ids)})
    if tx.execute(_REMOVE, {"of": bound_list(ids)}).rowcount < len(ids) and present:
        raise Expired("It took too long to send this file.", hint="Send it again.")


def take(tx: Tx, upload_id: str) -> Upload:
    """Forget an upload whose bytes are there, and return what it was; raise if it is gone already."""
    row = tx.execute(_ANY, {"id": upload_id}).one_or_none()
    if row is None:
        raise Expired("It took too long to send this file.", hint="Send it again.")
    remove(tx, [upload_id], present=True)
    return _entity(row)


def gone(upload_id: str) -> NotFound:
    """Return the error for an upload that is not there."""
    return NotFound(f"There is no upload {upload_id}.", hint="It was abandoned, or it belongs elsewhere. Push again.")


def _live(row: Any, upload_id: str, now: datetime) -> Any:
    if row is None:
        raise gone(upload_id)
    if row.expires_at <= times.to_micros(now):
        raise Expired(f"The upload {upload_id} was not finished in time.", hint="Push again.")
    return row


def _parts(tx: Tx, upload_id: str) -> tuple[int, ...]:
    return tuple(tx.execute(_PARTS, {"id": upload_id}).scalars())


def _entity(row: Any, *, expires_at: datetime | None = None, parts: tuple[int, ...] = ()) -> Upload:
    until = expires_at or times.from_micros(row.expires_at)
    created = times.from_micros(row.created_at)
    return Upload(row.id, row.namespace_id, row.digest, row.size, row.part_size, created, until, parts)
