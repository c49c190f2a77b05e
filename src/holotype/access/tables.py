"""Which tables hold access? Grants hang on immutable ids, so that a new thing never inherits an old thing's rights."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table, Text, text

from holotype.db.metadata import Id, Moment, metadata

ON_A_MODEL = text("model_id IS NOT NULL")

principals = Table(
    "principals",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("owner_id", Id, ForeignKey("principals.id")),
    Column("created_at", Moment, nullable=False),
    Column("disabled_at", Moment),
    Column("epoch", Id, nullable=False, server_default="0"),  # counts changes of what the principal may
    Index("ix_principals_owner", "owner_id"),
)

teams = Table(
    "teams",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("created_at", Moment, nullable=False),
)

team_members = Table(
    "team_members",
    metadata,
    Column("team_id", Id, ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True),
    Column("principal_id", Id, ForeignKey("principals.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_team_members_principal", "principal_id"),
)

grants = Table(
    "grants",
    metadata,
    Column("id", Id, primary_key=True),
    Column("principal_id", Id, ForeignKey("principals.id", ondelete="CASCADE")),
    Column("team_id", Id, ForeignKey("teams.id", ondelete="CASCADE")),
    Column("role", String, nullable=False),
    Column("scope", String, nullable=False),
    Column("namespace_id", Id, ForeignKey("namespaces.id", ondelete="CASCADE")),
    Column("model_id", Id, ForeignKey("models.id", ondelete="CASCADE")),
    Column("pattern", String),
    Column("stages", String),
    Column("created_at", Moment, nullable=False),
    Column("created_by", String, nullable=False),
    Index("ix_grants_principal", "principal_id"),
    Index("ix_grants_team", "team_id"),
    Index("ix_grants_namespace", "namespace_id"),
    Index("ix_grants_model", "model_id", sqlite_where=ON_A_MODEL, postgresql_where=ON_A_MODEL),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", String, primary_key=True),
    Column("principal_id", Id, ForeignKey("principals.id", ondelete="CASCADE"), nullable=False),
    Column("name", String, nullable=False),
    Column("hash", LargeBinary(32), nullable=False, unique=True),
    Column("role", String, nullable=False),
    Column("namespace_id", Id, ForeignKey("namespaces.id", ondelete="CASCADE")),
    Column("model_id", Id, ForeignKey("models.id", ondelete="CASCADE")),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("revoked_at", Moment),
    Column("origin", String),  # how it came to be where no token made it: password, oidc, trust:7
    Index("ix_tokens_principal", "principal_id", "created_at"),
    Index("ix_tokens_model", "model_id", sqlite_where=ON_A_MODEL, postgresql_where=ON_A_MODEL),
    Index("ix_tokens_expires", "expires_at"),
)

saved_addresses = Table(
    "saved_addresses",
    metadata,
    Column("principal_id", Id, primary_key=True),  # 0 where everybody is let in, so it refers to nobody
    Column("name", String, primary_key=True),
    Column("place", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)
