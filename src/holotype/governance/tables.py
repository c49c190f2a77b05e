"""Which tables hold what was decided, and on what evidence?

    policies      a row for each version of a namespace's policy; the greatest number is in force
    evidence      append-only, bound to a version by its digest
    promotions ─< approvals, comments
    overrides     gates that somebody took out of the way of one move, until a moment
    quarantines ─< quarantined versions; while one of them is open, ``versions.quarantined_at`` is set

Rows of evidence, approvals and comments are never changed but for ``voided_at`` and ``voided_because`` of an approval.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, text

from holotype.db.metadata import Id, Moment, metadata

policies = Table(
    "policies",
    metadata,
    Column("namespace_id", Id, ForeignKey("namespaces.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("digest", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", String, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("text", Text, nullable=False),
    sqlite_with_rowid=False,
)

evidence = Table(
    "evidence",
    metadata,
    Column("id", Id, primary_key=True),
    Column("version_id", Id, ForeignKey("versions.id"), nullable=False),
    Column("subject", String, nullable=False),
    Column("type", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("signed_by", String),
    Column("created_at", Moment, nullable=False),
    Column("created_by", String, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Index("ix_evidence_version", "version_id", "type", "id"),
)

promotions = Table(
    "promotions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("namespace_id", Id, ForeignKey("namespaces.id"), nullable=False),
    Column("model_id", Id, ForeignKey("models.id"), nullable=False),
    Column("version_id", Id, ForeignKey("versions.id"), nullable=False),
    Column("digest", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("source", String, nullable=False),
    Column("target", String, nullable=False),
    Column("status", String, nullable=False),
    Column("policy_number", Integer, nullable=False),
    Column("incumbent_id", Id),
    Column("replaced_id", Id),
    Column("requester_id", Id, nullable=False),
    Column("requested_by", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("ended_at", Moment),
    Column("reason", Text, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Column("verdicts", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Index("ix_promotions_namespace", "namespace_id", "status", "id"),
    Index("ix_promotions_model", "model_id", "status", "id"),
    Index("ix_promotions_version", "version_id", "target", "id"),
    Index("ix_promotions_status", "status", "id"),
    Index("ix_promotions_requester", "requester_id", "status", "id"),
    Index(
        "ix_promotions_pending",
        "expires_at",
        "id",
        sqlite_where=text("status = 'pending'"),
        postgresql_where=text("status = 'pending'"),
    ),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Id, primary_key=True),
    Column("promotion_id", Id, ForeignKey("promotions.id"), nullable=False),
    Column("principal_id", Id, ForeignKey("principals.id"), nullable=False),
    Column("person_id", Id, ForeignKey("principals.id"), nullable=False),
    Column("principal", String, nullable=False),
    Column("decision", String, nullable=False),
    Column("policy_number", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("voided_at", Moment),
    Column("comment", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("voided_because", Text),
    Index("ix_approvals_promotion", "promotion_id", "id"),
)

comments = Table(
    "comments",
    metadata,
    Column("id", Id, primary_key=True),
    Column("promotion_id", Id, ForeignKey("promotions.id"), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", String, nullable=False),
    Column("text", Text, nullable=False),
    Index("ix_comments_promotion", "promotion_id", "id"),
)

overrides = Table(
    "overrides",
    metadata,
    Column("id", Id, primary_key=True),
    Column("namespace_id", Id, ForeignKey("namespaces.id"), nullable=False),
    Column("version_id", Id, ForeignKey("versions.id"), nullable=False),
    Column("target", String, nullable=False),
    Column("gates", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", String, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("closed_by", String),
    Column("reason", Text, nullable=False),
    Index("ix_overrides_version", "version_id", "id"),
    Index("ix_overrides_namespace", "namespace_id", "id"),
)

quarantines = Table(
    "quarantines",
    metadata,
    Column("id", Id, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", String, nullable=False),
    Column("released_at", Moment),
    Column("released_by", String),
    Column("reason", Text, nullable=False),
    Column("release_reason", Text),
    Column("versions", Integer, nullable=False),
    Index(
        "ix_quarantines_open",
        "subject",
        sqlite_where=text("released_at IS NULL"),
        postgresql_where=text("released_at IS NULL"),
    ),
)

quarantined = Table(
    "quarantined",
    metadata,
    Column("quarantine_id", Id, ForeignKey("quarantines.id"), primary_key=True),
    Column("version_id", Id, ForeignKey("versions.id"), primary_key=True),
    Index("ix_quarantined_version", "version_id", "quarantine_id"),
    sqlite_with_rowid=False,
)
