"""Which tables coordinate the servers themselves?"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from holotype.db.metadata import Id, Moment, metadata

registry = Table(
    "registry",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("uuid", String, nullable=False),
    Column("created_at", Moment, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("principal_id", Id, primary_key=True, autoincrement=False),
    Column("key", String, primary_key=True),
    Column("fingerprint", String, nullable=False),
    Column("result", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("ix_idempotency_created", "created_at"),
    sqlite_with_rowid=False,
)
