"""Which tables hold the catalogue?

    namespaces ─< models ─< versions ─< files · parameters · metrics · data_references · parents · version_tags
                        │            └─ sources
                        ├─< aliases · model_tags · label_spans
                        └─< intakes ─< intake_files
    documents   the manifest, config and provenance bytes of a version, one row each: nothing to look for by digest
    intakes     versions that have a number while their bytes are still copied in, or that failed to come; a file of
                one has a digest when it is here, and an upload as long as it is on its way

A namespace is part of every key, moments are microseconds, names are unique also among the deleted. Long texts come
last in a row: whoever scans the other columns must not walk through them. A ``head`` is the part of a long text that an
index can hold; parameters that are numbers have none. A metric repeats the model of its version, which never changes:
so its index finds the best of one model. A model has a ``title`` where other protocols call it by a name that our
grammar does not allow.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    Computed,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)

from holotype.db.metadata import Bytewise, Id, Moment, metadata


def _where(condition: str) -> dict[str, Any]:
    """Return the arguments of an index that holds only the rows of a condition."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


namespaces = Table(
    "namespaces",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("description", Text, nullable=False, server_default=""),
    Column("created_at", Moment, nullable=False),
)

models = Table(
    "models",
    metadata,
    Column("id", Id, primary_key=True),
    Column("namespace_id", Id, ForeignKey("namespaces.id"), nullable=False),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False, server_default="files"),
    Column("next_number", Integer, nullable=False, server_default="1"),
    Column("created_at", Moment, nullable=False),
    Column("created_by", String, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("deleted_at", Moment),
    Column("title", String),
    Column("description", Text, nullable=False, server_default=""),
    Column("card", Text, nullable=False, server_default=""),
    UniqueConstraint("namespace_id", "name"),
    Index("ix_models_created", "namespace_id", "created_at", "id"),
    Index("ix_models_name", "name", "id"),
    Index("ix_models_changed", "changed_at", "id"),
    Index("ix_models_author", "created_by", "id"),
    Index("ix_models_title", "namespace_id", "title", **_where("title IS NOT NULL")),
)
TITLED = func.coalesce(models.c.title, models.c.name)
"""What clients of another protocol call a model."""

versions = Table(
    "versions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("namespace_id", Id, ForeignKey("namespaces.id"), nullable=False),
    Column("model_id", Id, ForeignKey("models.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("digest", String, nullable=False),
    Column("config_digest", String, nullable=False),
    Column("provenance_digest", String),
    Column("size", Id, nullable=False),
    Column("file_count", Integer, nullable=False),
    Column("stage", String, nullable=False),
    Column("stage_changed_at", Moment, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", String, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("deleted_at", Moment),
    Column("quarantined_at", Moment),
    Column("examined_at", Moment),
    Column("description", Text, nullable=False, server_default=""),
    Column("card", Text, nullable=False, server_default=""),
    UniqueConstraint("model_id", "number"),
    UniqueConstraint("digest", "model_id"),
    Index("ix_versions_stage", "model_id", "stage", "number"),
    Index("ix_versions_created", "created_at", "id"),
    Index("ix_versions_changed", "changed_at", "id"),
    Index("ix_versions_of_stage", "stage", "id"),
    Index("ix_versions_author", "created_by", "id"),
    Index("ix_versions_size", "size", "id"),
    Index("ix_versions_number", "number", "id"),
    Index("ix_versions_files", "file_count", "id"),
    Index("ix_versions_unexamined", "id", **_where("examined_at IS NULL")),
    Index("ix_versions_quarantined", "quarantined_at", "id", **_where("quarantined_at IS NOT NULL")),
)

files = Table(
    "files",
    metadata,
    Column("version_id", Id, ForeignKey("versions.id"), primary_key=True),
    Column("path", Bytewise, primary_key=True),
    Column("digest", String, nullable=False),
    Column("size", Id, nullable=False),
    Column("role", String, nullable=False),
    Column("format", String),
    Index("ix_files_digest", "digest"),
    Index("ix_files_format", "format", "version_id"),
    sqlite_with_rowid=False,
)

parameters = Table(
    "parameters",
    metadata,
    Column("version_id", Id, ForeignKey("versions.id"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("text", Text, nullable=False),
    Column("number", Float),
    Column("head", String, Computed("CASE WHEN number IS NULL THEN substr(text, 1, 64) END", persisted=True)),
    Index("ix_parameters_number", "name", "number", "version_id"),
    Index("ix_parameters_head", "name", "head", "version_id"),
    sqlite_with_rowid=False,
)

metrics = Table(
    "metrics",
    metadata,
    Column("version_id", Id, ForeignKey("versions.id"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("dataset", String, primary_key=True, server_default=""),
    Column("slice", String, primary_key=True, server_default=""),
    Column("model_id", Id, nullable=False),
    Column("value", Float, nullable=False),
    Column("direction", String),
    Index("ix_metrics_value", "name", "value", "version_id"),
    Index("ix_metrics_model", "name", "model_id", "value", "version_id"),
    Index("ix_metrics_dataset", "name", "dataset", "value", "version_id", **_where("dataset <> ''")),
    sqlite_with_rowid=False,
)

data_references = Table(
    "data_references",
    metadata,
    Column("version_id", Id, ForeignKey("versions.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("uri", Text, nullable=False),
    Column("digest", String),
    Column("role", String, nullable=False),
    Index("ix_data_references_uri", "uri", "version_id"),
    sqlite_with_rowid=False,
)

parents = Table(
    "parents",
    metadata,
    Column("version_id", Id, ForeignKey("versions.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("reference", Text, nullable=False),
    Column("relation", String, nullable=False),
    Column("digest", String),
    Column("parent_id", Id, ForeignKey("versions.id")),
    Index("ix_parents_parent", "parent_id", "version_id"),
    Index("ix_parents_reference", "reference", "version_id"),
    sqlite_with_rowid=False,
)

sources = Table(
    "sources",
    metadata,
    Column("version_id", Id, ForeignKey("versions.id"), primary_key=True),
    Column("uri", Text),
    Column("run_id", String),
    Column("run_link", Text),
    Column("logged_model", String),
    Index("ix_sources_run", "run_id", "version_id"),
    Index("ix_sources_uri", "uri", "version_id"),
    sqlite_with_rowid=False,
)

model_tags = Table(
    "model_tags",
    metadata,
    Column("model_id", Id, ForeignKey("models.id"), primary_key=True),
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
    Column("head", String, Computed("substr(value, 1, 64)", persisted=True)),
    Index("ix_model_tags_head", "key", "head", "model_id"),
    sqlite_with_rowid=False,
)

version_tags = Table(
    "version_tags",
    metadata,
    Column("version_id", Id, ForeignKey("versions.id"), primary_key=True),
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
    Column("head", String, Computed("substr(value, 1, 64)", persisted=True)),
    Index("ix_version_tags_head", "key", "head", "version_id"),
    sqlite_with_rowid=False,
)

aliases = Table(
    "aliases",
    metadata,
    Column("model_id", Id, ForeignKey("models.id"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("version_id", Id, ForeignKey("versions.id"), nullable=False),
    Column("changed_at", Moment, nullable=False),
    Index("ix_aliases_version", "version_id"),
    Index("ix_aliases_name", "name", "version_id"),
    sqlite_with_rowid=False,
)

documents = Table(
    "documents",
    metadata,
    Column("version_id", Id, ForeignKey("versions.id"), primary_key=True),
    Column("provenance", LargeBinary),
    Column("config", LargeBinary, nullable=False),
    Column("manifest", LargeBinary, nullable=False),
)

intakes = Table(
    "intakes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("namespace_id", Id, ForeignKey("namespaces.id"), nullable=False),
    Column("model_id", Id, ForeignKey("models.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("status", String, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("created_at", Moment, nullable=False),
    Column("created_by", String, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_try_at", Moment),
    Column("uri", Text, nullable=False),
    Column("run_id", String),
    Column("run_link", Text),
    Column("logged_model", String),
    Column("registration", String, nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("tags", Text, nullable=False, server_default="{}"),
    UniqueConstraint("model_id", "number"),
    Index("ix_intakes_changed", "namespace_id", "changed_at"),
    Index("ix_intakes_waiting", "next_try_at", "id", **_where("next_try_at IS NOT NULL")),
)

intake_files = Table(
    "intake_files",
    metadata,
    Column("intake_id", Id, ForeignKey("intakes.id", ondelete="CASCADE"), primary_key=True),
    Column("path", String, primary_key=True),
    Column("digest", String),
    Column("size", Id, nullable=False),
    Column("mark", String, nullable=False, server_default=""),
    Column("upload_id", String),
    Index("ix_intake_files_digest", "digest"),
    sqlite_with_rowid=False,
)
