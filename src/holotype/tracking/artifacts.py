"""Which files does a run or a logged model have at this moment?

``owner`` is the id of either. What is written again replaces what was there; the bytes themselves are blobs, held by
the namespace, and stay for a grace period when no row names them any more.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from holotype.db import Tx
from holotype.db.types import bound_list, in_list, insert
from holotype.domain import times
from holotype.errors import InvalidPath
from holotype.tracking.tables import artifact_files


class Artifact(NamedTuple):
    """A file: its path below its owner, the digest of its bytes and how many those are."""

    path: str
    digest: str
    size: int


_COLUMNS = (artifact_files.c.path, artifact_files.c.digest, artifact_files.c.size)
_OWNED = (artifact_files.c.namespace_id == sa.bindparam("namespace_id")) & (
    artifact_files.c.owner == sa.bindparam("of_owner")
)
_AT = artifact_files.c.path == sa.bindparam("at")
# Not a comparison of texts, which every collation does in its own way: the beginnings have to be equal.
_BELOW = sa.func.substr(artifact_files.c.path, 1, sa.bindparam("length")) == sa.bindparam("folder")
_ONE = sa.select(*_COLUMNS).where(_OWNED, _AT)
_ALL = sa.select(*_COLUMNS).where(_OWNED)
_WITHIN = sa.select(*_COLUMNS).where(_OWNED, _AT | _BELOW)
_CLASH = sa.select(artifact_files.c.path).where(_OWNED, in_list(artifact_files.c.path, "above") | _BELOW).limit(1)
_REMOVE = artifact_files.delete().where(_OWNED, in_list(artifact_files.c.path, "paths"))


def get(tx: Tx, namespace_id: int, owner: str, path: str) -> Artifact | None:
    """Return the file at a path."""
    row = tx.execute(_ONE, {"namespace_id": namespace_id, "of_owner": owner, "at": path}).one_or_none()
    return None if row is None else Artifact(*row)


def files(tx: Tx, namespace_id: int, owner: str, prefix: str = "") -> list[Artifact]:
    """Return the files at and below a path, all of them where it is empty, in the order of their paths."""
    bound: dict[str, Any] = {"namespace_id": namespace_id, "of_owner": owner}
    rows = tx.execute(_WITHIN, bound | _below(prefix) | {"at": prefix}) if prefix else tx.execute(_ALL, bound)
    return sorted(Artifact(*row) for row in rows)


def put(tx: Tx, namespace_id: int, owner: str, artifact: Artifact, now: datetime) -> str | None:
    """Write down a file, and return the digest that its path had before; ``InvalidPath`` where that is a folder."""
    bound: dict[str, Any] = {"namespace_id": namespace_id, "of_owner": owner}
    parts = artifact.path.split("/")
    above = ["/".join(parts[:depth]) for depth in range(1, len(parts))]
    clash = tx.execute(_CLASH, bound | _below(artifact.path) | {"above": bound_list(above)}).scalar()
    if clash is not None:
        raise InvalidPath(f"{artifact.path!r} and {clash!r} cannot both be files.", hint="Choose another path.")
    before = get(tx, namespace_id, owner, artifact.path)
    row = {"namespace_id": namespace_id, "owner": owner, "changed_at": times.to_micros(now), **artifact._asdict()}
    statement = insert(tx, artifact_files)
    changed = {name: statement.excluded[name] for name in ("digest", "size", "changed_at")}
    tx.execute(statement.on_conflict_do_update(index_elements=["namespace_id", "owner", "path"], set_=changed), row)
    return before.digest if before else None


def remove(tx: Tx, namespace_id: int, owner: str, prefix: str = "") -> list[Artifact]:
    """Forget the files at and below a path, all of them where it is empty, and return what they were."""
    gone = files(tx, namespace_id, owner, prefix)
    paths = bound_list([artifact.path for artifact in gone])
    tx.execute(_REMOVE, {"namespace_id": namespace_id, "of_owner": owner, "paths": paths})
    return gone


def needed(digest: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Return the condition that a run or a logged model has a file with this digest."""
    return sa.exists().where(artifact_files.c.digest == digest)


def _below(path: str) -> dict[str, Any]:
    return {"folder": f"{path}/", "length": len(path) + 1}
