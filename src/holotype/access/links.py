"""Which links sign a browser in? Each once, for a few minutes, with what the token may that made it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from holotype.access import secrets
from holotype.access.sign_in_tables import sign_in_links as links
from holotype.access.tables import tokens
from holotype.db import Tx
from holotype.domain import times


def put(tx: Tx, word: str, token_id: str, ends: datetime) -> None:
    """Keep the hash of a link's word, and which token made it."""
    tx.execute(
        links.insert(), {"hash": secrets.hash_of(word), "token_id": token_id, "expires_at": times.to_micros(ends)}
    )


def maker(tx: Tx, word: str, now: datetime) -> str | None:
    """Return the id of the token that made a link whose time is not over."""
    found = sa.select(links.c.token_id).where(
        links.c.hash == secrets.hash_of(word), links.c.expires_at > times.to_micros(now)
    )
    token_id: str | None = tx.execute(found).scalar_one_or_none()
    return token_id


def take(tx: Tx, word: str, now: datetime) -> str | None:
    """Return the id of the token that made a link, and use the link up."""
    found = maker(tx, word, now)
    tx.execute(links.delete().where(links.c.hash == secrets.hash_of(word)))
    return found


def parts_of(tx: Tx, token_id: str) -> tuple[str, tuple[int | None, int | None]]:
    """Return the role of a token and the ids of the namespace and model that it is confined to."""
    row = tx.execute(
        sa.select(tokens.c.role, tokens.c.namespace_id, tokens.c.model_id).where(tokens.c.id == token_id)
    ).one()
    return row.role, (row.namespace_id, row.model_id)
