"""Which tokens are there, and who does one make of its bearer?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from holotype.access import secrets
from holotype.access.tables import grants, principals, team_members, tokens
from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.domain import times
from holotype.domain.entities import Actor, Right, Token
from holotype.domain.permissions import ROLES, Permission
from holotype.errors import NotFound, Unauthenticated

# Access lies beside the catalogue, not above it: it knows that namespaces and models have names, and no more.
_namespaces = sa.table("namespaces", sa.column("id"), sa.column("name"))
_models = sa.table("models", sa.column("id"), sa.column("name"), sa.column("namespace_id"))
_space, _model = _namespaces.alias("space"), _models.alias("model")
_grant_space, _grant_model = _namespaces.alias("grant_space"), _models.alias("grant_model")

_teams_of_bearer = sa.select(team_members.c.team_id).where(team_members.c.principal_id == principals.c.id)
_granted = sa.or_(grants.c.principal_id == principals.c.id, grants.c.team_id.in_(_teams_of_bearer))
_BEARER = Prepared(
    sa.select(
        tokens.c.hash,
        tokens.c.role,
        tokens.c.expires_at,
        tokens.c.revoked_at,
        principals.c.id.label("principal_id"),
        principals.c.name.label("principal"),
        principals.c.disabled_at,
        _space.c.name.label("namespace"),
        _model.c.name.label("model"),
        grants.c.role.label("granted"),
        grants.c.scope,
        grants.c.pattern,
        _grant_space.c.name.label("grant_namespace"),
        _grant_model.c.name.label("grant_model"),
    )
    .select_from(
        tokens.join(principals, principals.c.id == tokens.c.principal_id)
        .outerjoin(_model, _model.c.id == tokens.c.model_id)
        .outerjoin(_space, _space.c.id == tokens.c.namespace_id)
        .outerjoin(grants, _granted)
        .outerjoin(_grant_model, _grant_model.c.id == grants.c.model_id)
        .outerjoin(_grant_space, _grant_space.c.id == grants.c.namespace_id)
    )
    .where(tokens.c.id == sa.bindparam("token_id"))
)
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


def bearer(tx: Tx, secret: str, now: datetime) -> Actor:
    """Return who bears a secret and what they may, or raise ``Unauthenticated``."""
    token_id = secrets.id_of(secret)
    rows = _BEARER(tx, {"token_id": token_id}) if token_id else []
    if token_id is None or not rows or not secrets.matches(secret, rows[0].hash):
        raise Unauthenticated("The token is not known here.", hint="Check HOLOTYPE_TOKEN, or ask for a new token.")
    first = rows[0]
    if first.revoked_at is not None:
        raise Unauthenticated("The token was revoked.", hint="Ask for a new one.")
    if first.expires_at is not None and first.expires_at <= times.to_micros(now):
        ended = times.from_micros(first.expires_at)
        raise Unauthenticated(f"The token expired on {ended:%Y-%m-%d}.", hint="Create a new one.")
    if first.disabled_at is not None:
        raise Unauthenticated(f"The account {first.principal} is disabled.", hint="Ask an administrator.")
    rights = tuple(_rights(rows, ROLES.get(first.role, frozenset())))
    everywhere = (right.permissions for right in rights if right.namespace is None)
    permissions: frozenset[Permission] = frozenset().union(*everywhere)
    parts = tuple(right for right in rights if right.namespace is not None)
    return Actor(first.principal, first.principal_id, permissions, first.namespace, first.model, token_id, parts)


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
    """Revoke a token and say whether it was still valid."""
    return tx.execute(_REVOKE, {"token_id": token_id, "now": times.to_micros(now)}).rowcount == 1


def _rights(rows: Sequence[Any], at_most: frozenset[Permission]) -> Iterable[Right]:
    """Read the grants; one of a kind that this version does not know gives nothing."""
    for row in rows:
        permissions = ROLES.get(row.granted, frozenset()) & at_most
        if row.scope == "registry":
            yield Right(permissions)
        elif row.scope == "namespace" and row.grant_namespace is not None:
            yield Right(permissions, row.grant_namespace)
        elif row.scope == "model" and row.grant_namespace is not None and row.grant_model is not None:
            yield Right(permissions, row.grant_namespace, row.grant_model)


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
