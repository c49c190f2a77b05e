"""Which tables hold how people and machines prove who they are?

    passwords           the argon2 hash of a person's password
    set_ups             a secret that lets a person choose their first password, once
    sign_in_attempts    how often somebody failed lately: at an account, from an address, and both together
    identities          who an (issuer, subject) is here; ``subject`` is unknown until the first sign-in with ``email``
    sign_in_flows       people who are on their way through the OIDC provider; one use, ten minutes
    trusts              by which rules the tokens of a CI or a cluster are exchanged
    used_assertions     which of those tokens were exchanged already, until they expire

No secret is in here: a password is slowly hashed, every other secret has so much chance in it that SHA-256 will do.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from holotype.access.tables import ON_A_MODEL
from holotype.db.metadata import Id, Moment, metadata

_HASH = 32

passwords = Table(
    "passwords",
    metadata,
    Column("principal_id", Id, ForeignKey("principals.id", ondelete="CASCADE"), primary_key=True),
    Column("hash", String, nullable=False),
    Column("changed_at", Moment, nullable=False),
)

set_ups = Table(
    "set_ups",
    metadata,
    Column("principal_id", Id, ForeignKey("principals.id", ondelete="CASCADE"), primary_key=True),
    Column("hash", LargeBinary(_HASH), nullable=False, unique=True),
    Column("created_by", String, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("hash", LargeBinary(_HASH), primary_key=True),
    Column("token_id", String, ForeignKey("tokens.id", ondelete="CASCADE"), nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index("ix_sign_in_links_expires", "expires_at"),
    Index("ix_sign_in_links_token", "token_id"),
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("key", String, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("blocked_until", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    Index("ix_sign_in_attempts_last", "last_at"),
)

identities = Table(
    "identities",
    metadata,
    Column("id", Id, primary_key=True),
    Column("principal_id", Id, ForeignKey("principals.id", ondelete="CASCADE"), nullable=False),
    Column("issuer", String, nullable=False),
    Column("subject", String),
    Column("email", String),
    Column("created_at", Moment, nullable=False),
    Column("created_by", String, nullable=False),
    UniqueConstraint("issuer", "subject"),
    UniqueConstraint("issuer", "email"),
    Index("ix_identities_principal", "principal_id"),
)

sign_in_flows = Table(
    "sign_in_flows",
    metadata,
    Column("state", LargeBinary(_HASH), primary_key=True),
    Column("browser", LargeBinary(_HASH), nullable=False),
    Column("port", Integer, nullable=False),
    Column("challenge", String, nullable=False),
    Column("client_state", String, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("returned_at", Moment),
    Column("code", LargeBinary(_HASH), unique=True),
    Column("principal_id", Id),
    Index("ix_sign_in_flows_expires", "expires_at"),
)

trusts = Table(
    "trusts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("issuer", String, nullable=False),
    Column("audience", String, nullable=False),
    Column("claims", Text, nullable=False),
    Column("principal_id", Id, ForeignKey("principals.id", ondelete="CASCADE"), nullable=False),
    Column("role", String, nullable=False),
    Column("namespace_id", Id, ForeignKey("namespaces.id", ondelete="CASCADE")),
    Column("model_id", Id, ForeignKey("models.id", ondelete="CASCADE")),
    Column("lifetime", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", String, nullable=False),
    Column("revoked_at", Moment),
    Index("ix_trusts_issuer", "issuer"),
    Index("ix_trusts_principal", "principal_id"),
    Index("ix_trusts_model", "model_id", sqlite_where=ON_A_MODEL, postgresql_where=ON_A_MODEL),
)

used_assertions = Table(
    "used_assertions",
    metadata,
    Column("digest", LargeBinary(_HASH), primary_key=True),
    Column("expires_at", Moment, nullable=False),
    Index("ix_used_assertions_expires", "expires_at"),
)
