"""Which tables keep what a training script logs until it registers a version?

    artifact_files   the files of a run or a logged model (``owner``), as they are now: paths to digests

They are context, not versions: a file may be written anew, and nothing here is covered by a digest.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table

from holotype.db.metadata import Id, Moment, metadata

artifact_files = Table(
    "artifact_files",
    metadata,
    Column("namespace_id", Id, ForeignKey("namespaces.id"), primary_key=True),
    Column("owner", String, primary_key=True),
    Column("path", String, primary_key=True),
    Column("digest", String, nullable=False),
    Column("size", Id, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Index("ix_artifact_files_digest", "digest"),
    sqlite_with_rowid=False,
)
