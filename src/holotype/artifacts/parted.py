"""Which bytes come in parts of which nobody has said what they are, nor how large?

Only their number is known. All parts but the last have one size, which the first of them to come decides: so each can
be written to its place. An upload of this kind is never found by what looks for bytes that are known.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from holotype.artifacts.tables import upload_parts, uploads
from holotype.artifacts.uploads import UNKNOWN, gone
from holotype.db import Tx
from holotype.domain import times
from holotype.domain.entities import Upload
from holotype.errors import Expired


@dataclass(frozen=True, slots=True)
class Parted:
    """An upload in ``count`` parts, and of those that have arrived (from 0) their sizes and marks.

    Its digest and size are known when all parts were put together.
    """

    id: str
    namespace_id: int
    target: str
    count: int
    part_size: int
    digest: str
    size: int
    done: bool
    created_at: datetime
    expires_at: datetime
    parts: Mapping[int, tuple[int, str]] = field(default_factory=dict)

    @property
    def head(self) -> Upload:
        """All parts but the last, as the store knows uploads."""
        size = (self.count - 1) * self.part_size
        return Upload(self.id, self.namespace_id, UNKNOWN, size, self.part_size, self.created_at, self.expires_at)

    @property
    def tail(self) -> int:
        """The size of the last part, which has arrived."""
        return self.parts[self.count - 1][0]


_ONE = sa.select(uploads).where(
    uploads.c.id == sa.bindparam("id"),
    uploads.c.namespace_id == sa.bindparam("namespace_id"),
    uploads.c.part_count.is_not(None),
)
_PARTS = sa.select(upload_parts.c.number, upload_parts.c.size, upload_parts.c.mark).where(
    upload_parts.c.upload_id == sa.bindparam("id")
)
_DECIDE = (
    uploads.update()
    .where(uploads.c.id == sa.bindparam("of"), uploads.c.part_size == 0)
    .values(part_size=sa.bindparam("decided"))
)


def begin(tx: Tx, namespace_id: int, count: int, target: str, *, by: str, until: datetime, now: datetime) -> Parted:
    """Announce that something comes in so many parts, for ``target``."""
    row = {
        "id": str(uuid.uuid4()),
        "namespace_id": namespace_id,
        "digest": UNKNOWN,
        "size": 0,
        "part_size": 0,
        "part_count": count,
        "target": target,
        "created_at": times.to_micros(now),
        "created_by": by,
        "expires_at": times.to_micros(until),
    }
    tx.execute(uploads.insert(), row)
    return Parted(str(row["id"]), namespace_id, target, count, 0, UNKNOWN, 0, False, now, until)


def get(tx: Tx, namespace_id: int, upload_id: str, *, now: datetime) -> Parted:
    """Return an upload of this kind with what has arrived of it."""
    row = tx.execute(_ONE, {"id": upload_id, "namespace_id": namespace_id}).one_or_none()
    if row is None:
        raise gone(upload_id)
    if row.expires_at <= times.to_micros(now):
        raise Expired(f"The upload {upload_id} was not finished in time.", hint="Send the file again.")
    parts = {part.number: (part.size, part.mark) for part in tx.execute(_PARTS, {"id": upload_id})}
    return _entity(row, parts)


def decide(tx: Tx, upload_id: str, part_size: int) -> None:
    """Let all parts but the last have this size, unless another was decided on."""
    tx.execute(_DECIDE, {"of": upload_id, "decided": part_size})


def _entity(row: Any, parts: Mapping[int, tuple[int, str]]) -> Parted:
    return Parted(
        row.id,
        row.namespace_id,
        row.target,
        row.part_count,
        row.part_size,
        row.digest,
        row.size,
        row.completed_at is not None,
        times.from_micros(row.created_at),
        times.from_micros(row.expires_at),
        parts,
    )
