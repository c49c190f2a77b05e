"""Which tables say what bytes there are?

blobs      bytes that are stored, once, under their digest
holdings   which namespace proved that it has those bytes, by uploading them (knowing a digest is not enough)
uploads    bytes on their way in, with the parts that have arrived; while such a row is there, the sweep leaves
           its digest alone. A file that comes whole in one request has part_size 0
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
    Index("ix_uploads_digest", "digest", "namespace_id"),
    Index("ix_uploads_expires", "expires_at"),
)

upload_parts = Table(
    "upload_parts",
    metadata,
    Column("upload_id", String, ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("size", Id, nullable=False),
    sqlite_with_rowid=False,
)
