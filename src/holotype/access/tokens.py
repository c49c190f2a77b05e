"""Which tokens are there? What a token makes of its bearer, ``holotype.access.bearers`` says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from holotype.access.tables import principals, tokens
from holotype.db import Tx
from holotype.domain import times
from holotype.domain.entities import Token
from holotype.errors import NotFound

# Access lies beside the catalogue, not above it: it knows that namespaces and models have names, and no more.
_namespaces = sa.table("namespaces", sa.column("id"), sa.column("name"))
_models = sa.table("models", sa.column("id"), sa.column("name"), sa.column("namespace_id"))
_space, _model = _namespaces.alias("space"), _models.alias("model")

_SHOWN = sa.select(
    tokens, principals.c.name.label("principal"), _space.c.name.label("space"), _model.c.name.label("line")
).select_from(
    tokens.join(principals, principals.c.id == tokens.c.principal_id)
    .outerjoin(_space, _space.c.id == tokens.c.namespace_id)
    .outerjoin(_model, _model.c.id == tokens.c.model_id)
)
_GET = _SHOWN.where(tokens.c.id == sa.bindparam("token_id"))
_AFTER = sa.tuple_(tokens.c.created_at, tokens.c.id) < sa.tuple_(sa.bindparam("before"), sa.bindparam("before_id"))
_PAGE = _SHOWN.where(_AFTER).order_by(tokens.c.created_at.desc(), tokens.c.id.desc()).limit(sa.bindparam("limit"))
_PAGE_OF_ONE = _PAGE.where(tokens.c.principal_id == sa.bindparam("principal_id"))
_LEFT = sa.select(tokens.c.id).where(tokens.c.revoked_at.is_(None)).limit(1)
_REVOKE = (
    tokens.update()
    .where(tokens.c.id == sa.bindparam("token_id"), tokens.c.revoked_at.is_(None))
    .values(revoked_at=sa.bindparam("now"))
)


def any_left(tx: Tx) -> bool:
    """Say whether there is a token that was not revoked."""
    return tx.execute(_LEFT).first() is not None


def insert(tx: Tx, values: dict[str, Any]) -> None:
    """Insert a token."""
    tx.execute(tokens.insert(), values)


def get(tx: Tx, token_id: str) -> tuple[Token, int]:
    """Return a token and its principal's id, or raise ``NotFound``."""
    row = tx.execute(_GET, {"token_id": token_id}).one_or_none()
    if row is None:
        raise NotFound("There is no such token.", hint="List them with `holotype token ls`.")
    return _entity(row), row.principal_id


def page(tx: Tx, *, principal_id: int | None, before: tuple[int, str] | None, limit: int) -> list[Token]:
    """Return up to ``limit`` tokens, newest first, of one principal or of all."""
    micros, token_id = before or (2**62, "")
    values: dict[str, Any] = {"before": micros, "before_id": token_id, "limit": limit}
    if principal_id is None:
        return [_entity(row) for row in tx.execute(_PAGE, values)]
    return [_entity(row) for row in tx.execute(_PAGE_OF_ONE, values | {"principal_id": principal_id})]


def revoke(tx: Tx, token_id: str, now: datetime) -> bool:
    """Revoke a token, with the sessions that its links began, and say whether it was still valid."""
    begun = (tokens.c.origin == f"link:{token_id}") & tokens.c.revoked_at.is_(None)
    tx.execute(tokens.update().where(begun).values(revoked_at=times.to_micros(now)))
    return tx.execute(_REVOKE, {"token_id": token_id, "now": times.to_micros(now)}).rowcount == 1


def revoke_of_model(tx: Tx, model_id: int, now: datetime) -> list[str]:
    """Revoke every token that holds on one model alone, and return their ids."""
    theirs = (tokens.c.model_id == model_id) & tokens.c.revoked_at.is_(None)
    ended = tokens.update().where(theirs).values(revoked_at=times.to_micros(now)).returning(tokens.c.id)
    return sorted(tx.execute(ended).scalars())


def revoke_sign_ins(tx: Tx, principal_id: int, now: datetime, *, but: str | None = None) -> None:
    """End every sign-in of a principal, except for one token."""
    theirs = (tokens.c.principal_id == principal_id) & tokens.c.origin.is_not(None) & tokens.c.revoked_at.is_(None)
    tx.execute(tokens.update().where(theirs, tokens.c.id != (but or "")).values(revoked_at=times.to_micros(now)))


def revoke_of_origin(tx: Tx, principal_id: int, origin: str, now: datetime) -> None:
    """End the tokens of a principal that came to be in one way."""
    made = (tokens.c.principal_id == principal_id) & (tokens.c.origin == origin) & tokens.c.revoked_at.is_(None)
    tx.execute(tokens.update().where(made).values(revoked_at=times.to_micros(now)))


def origin_of(tx: Tx, token_id: str) -> str | None:
    """Return how a token came to be where no other token made it."""
    found: str | None = tx.execute(sa.select(tokens.c.origin).where(tokens.c.id == token_id)).scalar_one_or_none()
    return found


def forget_sign_ins(tx: Tx, before: datetime, limit: int) -> int:
    """Remove tokens of sign-ins that ended before a moment; the ledger remembers them."""
    over = sa.select(tokens.c.id).where(tokens.c.expires_at < times.to_micros(before), tokens.c.origin.is_not(None))
    return tx.execute(tokens.delete().where(tokens.c.id.in_(over.limit(limit)))).rowcount


def _entity(row: sa.Row[Any]) -> Token:
    scope = "registry" if row.space is None else row.space if row.line is None else f"{row.space}/{row.line}"
    return Token(
        id=row.id,
        principal=row.principal,
        name=row.name,
        role=row.role,
        scope=scope,
        created_at=times.from_micros(row.created_at),
        expires_at=None if row.expires_at is None else times.from_micros(row.expires_at),
        revoked_at=None if row.revoked_at is None else times.from_micros(row.revoked_at),
    )
