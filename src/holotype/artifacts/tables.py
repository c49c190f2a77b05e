"""Which tables say what bytes there are?

blobs      bytes that are stored, once, under their digest
holdings   which namespace proved that it has those bytes, by uploading them (knowing a digest is not enough)
uploads    bytes on their way in, with the parts that have arrived; while such a row is there, the sweep leaves
           its digest alone. A file that comes whole in one request has part_size 0. Where nobody said what comes, the
           digest is empty until all of it is there; part_count is then in how many parts it comes, of which only the
           last may be shorter, and target where it is to go. The mark of a part is what its sender was told of it
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from holotype.db.metadata import Id, Moment, metadata

blobs = Table(
    "blobs",
    metadata,
    Column("digest", String, primary_key=True),
    Column("size", Id, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("sweeping_at", Moment),
    Index("ix_blobs_created", "created_at"),
    sqlite_with_rowid=False,
)

holdings = Table(
    "holdings",
    metadata,
    Column("namespace_id", Id, ForeignKey("namespaces.id"), primary_key=True),
    Column("digest", String, ForeignKey("blobs.digest", ondelete="CASCADE"), primary_key=True),
    Column("touched_at", Moment, nullable=False),
    Index("ix_holdings_digest", "digest"),
    sqlite_with_rowid=False,
)

uploads = Table(
    "uploads",
    metadata,
    Column("id", String, primary_key=True),
    Column("namespace_id", Id, ForeignKey("namespaces.id"), nullable=False),
    Column("digest", String, nullable=False),
    Column("size", Id, nullable=False),
    Column("part_size", Id, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", String, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("completed_at", Moment),
    Column("part_count", Integer),
    Column("target", String),
    Index("ix_uploads_digest", "digest", "namespace_id"),
    Index("ix_uploads_expires", "expires_at"),
)

upload_parts = Table(
    "upload_parts",
    metadata,
    Column("upload_id", String, ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("size", Id, nullable=False),
    Column("mark", String, nullable=False, server_default=""),
    sqlite_with_rowid=False,
)
