"""Which tables keep what a training script logs until it registers a version?

    experiments       names under which runs are gathered, numbered from 0 in each namespace
    runs              one row a run
    logged_models     one row a model that a run logged
    tracked_tags      tags and parameters of all three: ``owner`` is an experiment's number, a run's or a model's id
    tracked_params
    measurements      every value of every metric of a run
    latest_metrics    the last value of each: of a run by key, of a logged model also by data set and run
    run_inputs        data sets that went into a run
    run_models        logged models that a run used (``goes_in``) or made
    artifact_files    the files of a run or a logged model (``owner``), as they are now: paths to digests

They are context, not versions: a file may be written anew, and nothing here is covered by a digest. Each key begins
with the namespace, so nobody finds what is another's by guessing an id.
"""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from holotype.db.metadata import Id, Moment, metadata

_DELETED = text("deleted_at IS NOT NULL")


def _namespace() -> Column[int]:
    return Column("namespace_id", Id, ForeignKey("namespaces.id"), primary_key=True, autoincrement=False)


experiments = Table(
    "experiments",
    metadata,
    _namespace(),
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("name", String, nullable=False),
    Column("author", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("deleted_at", Moment),
    UniqueConstraint("namespace_id", "name"),
    sqlite_with_rowid=False,
)

runs = Table(
    "runs",
    metadata,
    _namespace(),
    Column("id", String, primary_key=True),
    Column("experiment", Id, nullable=False),
    Column("name", String, nullable=False),
    Column("status", String, nullable=False),
    Column("ran_by", String, nullable=False),
    Column("author", String, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("deleted_at", Moment),
    Index("ix_runs_started", "namespace_id", "experiment", "started_at", "id"),
    Index("ix_runs_deleted", "deleted_at", sqlite_where=_DELETED, postgresql_where=_DELETED),
    sqlite_with_rowid=False,
)

logged_models = Table(
    "logged_models",
    metadata,
    _namespace(),
    Column("id", String, primary_key=True),
    Column("experiment", Id, nullable=False),
    Column("name", String, nullable=False),
    Column("run_id", String, nullable=False),
    Column("status", String, nullable=False),
    Column("model_type", String, nullable=False),
    Column("author", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("deleted_at", Moment),
    Index("ix_logged_models_created", "namespace_id", "experiment", "created_at", "id"),
    Index("ix_logged_models_run", "namespace_id", "run_id"),
    Index("ix_logged_models_deleted", "deleted_at", sqlite_where=_DELETED, postgresql_where=_DELETED),
    sqlite_with_rowid=False,
)

tracked_tags = Table(
    "tracked_tags",
    metadata,
    _namespace(),
    Column("owner", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

tracked_params = Table(
    "tracked_params",
    metadata,
    _namespace(),
    Column("owner", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

measurements = Table(
    "measurements",
    metadata,
    _namespace(),
    Column("run_id", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("at", Moment, primary_key=True, autoincrement=False),
    Column("step", Id, primary_key=True, autoincrement=False),
    Column("value", Float(53), primary_key=True),
    Column("is_nan", Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

latest_metrics = Table(
    "latest_metrics",
    metadata,
    _namespace(),
    Column("owner", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("dataset", String, primary_key=True),
    Column("dataset_digest", String, primary_key=True),
    Column("run_id", String, primary_key=True),
    Column("step", Id, nullable=False),
    Column("at", Moment, nullable=False),
    Column("value", Float(53), nullable=False),
    Column("is_nan", Integer, nullable=False),
    sqlite_with_rowid=False,
)

run_inputs = Table(
    "run_inputs",
    metadata,
    _namespace(),
    Column("run_id", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("digest", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("source", Text, nullable=False),
    Column("schema", Text, nullable=False),
    Column("profile", Text, nullable=False),
    Column("context", String, nullable=False),
    Column("tags", Text, nullable=False),
    sqlite_with_rowid=False,
)

run_models = Table(
    "run_models",
    metadata,
    _namespace(),
    Column("run_id", String, primary_key=True),
    Column("goes_in", Integer, primary_key=True, autoincrement=False),
    Column("model_id", String, primary_key=True),
    Column("step", Id, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

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
