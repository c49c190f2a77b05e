"""What is a version made of, and which parts of its provenance can be searched?

The manifest, the config and the provenance are kept as they are in ``documents``, a row a version; the rows beside
them are there to be found and compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from holotype.catalogue.tables import data_references, documents, files, metrics, parameters, parents, sources, versions
from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.domain import query_values, times
from holotype.domain.entities import Version
from holotype.domain.manifest import MANIFEST_TYPE, Document, File
from holotype.domain.provenance import MEDIA_TYPE, Provenance, Scalar
from holotype.errors import Corrupt

_decode = msgspec.json.Decoder(Provenance).decode
_FILES = (
    sa.select(files)
    .where(files.c.version_id == sa.bindparam("version_id"), files.c.path > sa.bindparam("after"))
    .order_by(files.c.path)
    .limit(sa.bindparam("limit"))
)
_FILE = sa.select(files).where(files.c.version_id == sa.bindparam("version_id"), files.c.path == sa.bindparam("path"))
_MANIFEST, _PROVENANCE = (
    sa.select(column).where(documents.c.version_id == sa.bindparam("version_id"))
    for column in (documents.c.manifest, documents.c.provenance)
)
_PARENTS_HERE = sa.select(parents.c.reference, parents.c.parent_id).where(
    parents.c.version_id == sa.bindparam("version_id"), parents.c.parent_id.is_not(None)
)
_DIGESTS = sa.select(files.c.digest).distinct().where(files.c.version_id == sa.bindparam("version_id"))
_DIGESTS_OF_DELETED = (
    sa.select(files.c.digest)
    .distinct()
    .join_from(files, versions)
    .where(versions.c.model_id == sa.bindparam("model_id"), versions.c.deleted_at == sa.bindparam("moment"))
)


def insert(
    tx: Tx,
    version: tuple[int, int],
    kept: tuple[Document, Document, Document],
    held: Sequence[File],
    origin: Provenance,
    local: dict[str, int],
) -> None:
    """Write everything about a version's content.

    ``version`` are the ids of its model and its own; ``kept`` its manifest, config and provenance; ``local`` maps
    parent references to ids of versions we have.
    """
    model_id, version_id = version
    raw, config, written = (document.content for document in kept)
    _INSERT_DOCUMENTS(tx, {"version_id": version_id, "provenance": written, "config": config, "manifest": raw})
    for table, found in _rows(model_id, held, origin, local).items():
        if found:
            _INSERTS[table.name].many(tx, [value | {"version_id": version_id} for value in found])


def _rows(
    model_id: int, held: Sequence[File], origin: Provenance, local: dict[str, int]
) -> dict[sa.Table, list[dict[str, Any]]]:
    """Return what the tables beside ``versions`` keep of a version, but for its id."""
    return {
        files: [{"path": f.path, "digest": f.digest, "size": f.size, "role": f.role, "format": f.format} for f in held],
        parameters: [
            {"name": name, "text": text_of(value), "number": number_of(value)}
            for name, value in origin.parameters.items()
        ],
        metrics: [
            {
                "name": m.name,
                "model_id": model_id,
                "value": float(m.value),
                "dataset": m.dataset or "",
                "slice": m.slice or "",
                "direction": m.direction,
            }
            for m in origin.metrics
        ],
        data_references: [
            {"position": i, "uri": d.uri, "digest": d.digest, "role": d.role} for i, d in enumerate(origin.data)
        ],
        parents: [
            {
                "position": i,
                "reference": p.reference,
                "relation": p.relation,
                "digest": p.digest,
                "parent_id": local.get(p.reference),
            }
            for i, p in enumerate(origin.parents)
        ],
        sources: [source_of(origin)] if origin.run or origin.source else [],
    }


def source_of(origin: Provenance) -> dict[str, Any]:
    """Return the row that finds a version by its run or by what another protocol calls its source."""
    run, source = origin.run, origin.source
    return {
        "uri": source.uri if source else None,
        "run_id": run.id if run else None,
        "run_link": (source.run_link if source else None) or (run.link if run else None),
        "logged_model": source.model_id if source else None,
    }


def page_of_files(tx: Tx, version_id: int, *, after: str, limit: int) -> list[File]:
    """Return up to ``limit`` files of a version whose paths come after ``after``."""
    rows = tx.execute(_FILES, {"version_id": version_id, "after": after, "limit": limit})
    return [file_of(row) for row in rows]


def file(tx: Tx, version_id: int, path: str) -> File | None:
    """Return one file of a version, if it has it."""
    row = tx.execute(_FILE, {"version_id": version_id, "path": path}).one_or_none()
    return None if row is None else file_of(row)


def digests(tx: Tx, version_id: int) -> list[str]:
    """Return the digests of all bytes that a version needs."""
    return [row.digest for row in tx.execute(_DIGESTS, {"version_id": version_id})]


def digests_of_deleted(tx: Tx, model_id: int, moment: datetime) -> list[str]:
    """Return the digests of all bytes that the versions of a model need which were deleted at exactly that moment."""
    rows = tx.execute(_DIGESTS_OF_DELETED, {"model_id": model_id, "moment": times.to_micros(moment)})
    return list(rows.scalars())


def parents_here(tx: Tx, version_id: int) -> dict[str, int]:
    """Return the ids of those parents of a version that are kept here, by what the version calls them."""
    return {row.reference: row.parent_id for row in tx.execute(_PARENTS_HERE, {"version_id": version_id})}


def manifest(tx: Tx, version: Version) -> Document:
    """Return the manifest of a version exactly as it was written, or raise ``Corrupt``."""
    content = tx.execute(_MANIFEST, {"version_id": version.id}).scalar()
    return _unaltered(MANIFEST_TYPE, content, version.digest)


def provenance(tx: Tx, version: Version) -> Document | None:
    """Return the provenance of a version, where it has one, exactly as it was written, or raise ``Corrupt``."""
    if version.provenance_digest is None:
        return None
    content = tx.execute(_PROVENANCE, {"version_id": version.id}).scalar()
    return _unaltered(MEDIA_TYPE, content, version.provenance_digest)


def origin(tx: Tx, version: Version) -> Provenance | None:
    """Return the provenance of a version, where it has one, read; or raise ``Corrupt``."""
    kept = provenance(tx, version)
    return _decode(kept.content) if kept else None


def _unaltered(media_type: str, content: bytes | None, digest: str) -> Document:
    if content is None:
        raise Corrupt(f"The catalogue lost the document {digest}.", hint="Run `holotype admin doctor`.")
    found = Document.of(media_type, bytes(content))
    if found.digest != digest:
        raise Corrupt(f"The document {digest} was altered in the catalogue.", hint="Run `holotype admin doctor`.")
    return found


def text_of(value: Scalar) -> str:
    """Return a parameter's value as people write it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def number_of(value: Scalar) -> float | None:
    """Return a parameter's value as a number, where it is one or reads as one: trackers log numbers as text."""
    if isinstance(value, bool):
        return None
    found = query_values.number(value) if isinstance(value, str) else None
    return float(value) if not isinstance(value, str) else found.value if found else None


def file_of(row: sa.Row[Any]) -> File:
    """Return the file of a row."""
    return File(row.path, row.digest, row.size, row.role, row.format)


_INSERTS = {
    table.name: Prepared(table.insert(), [column.name for column in table.c if column.computed is None])
    for table in (files, parameters, metrics, data_references, parents, sources)
}
_INSERT_DOCUMENTS = Prepared(documents.insert(), [column.name for column in documents.c])
