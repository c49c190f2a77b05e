"""Who is on their way through the OpenID provider? Each step of a flow can be taken once."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from holotype.access import secrets
from holotype.access.sign_in_tables import sign_in_flows as flows
from holotype.db import Tx
from holotype.domain import times


def begin(tx: Tx, state: str, browser: str, *, port: int, challenge: str, client_state: str, ends: datetime) -> None:
    """Note that somebody set out."""
    row = {"state": secrets.hash_of(state), "browser": secrets.hash_of(browser), "port": port, "challenge": challenge}
    tx.execute(flows.insert(), row | {"client_state": client_state, "expires_at": times.to_micros(ends)})


def come_back(tx: Tx, state: str, browser: str, now: datetime) -> tuple[int, str] | None:
    """Return port and state of the client of who comes back, once; nothing for anybody else."""
    key = secrets.hash_of(state)
    row: Any = tx.execute(sa.select(flows).where(flows.c.state == key)).one_or_none()
    if row is None or not hmac.compare_digest(row.browser, secrets.hash_of(browser)):
        return None
    if row.returned_at is not None or row.expires_at <= times.to_micros(now):
        return None
    tx.execute(flows.update().where(flows.c.state == key).values(returned_at=times.to_micros(now)))
    return row.port, row.client_state


def let_in(tx: Tx, state: str, code: str, principal_id: int, ends: datetime) -> None:
    """Keep the code with which the client of who came back gets a token."""
    values = {"code": secrets.hash_of(code), "principal_id": principal_id, "expires_at": times.to_micros(ends)}
    tx.execute(flows.update().where(flows.c.state == secrets.hash_of(state)).values(values))


def take(tx: Tx, code: str, now: datetime) -> tuple[int, str] | None:
    """Return whom a code is for and the challenge of its client, and end the flow; nothing for another code."""
    key = secrets.hash_of(code)
    row: Any = tx.execute(sa.select(flows).where(flows.c.code == key)).one_or_none()
    if row is None:
        return None
    tx.execute(flows.delete().where(flows.c.code == key))
    return (row.principal_id, row.challenge) if row.expires_at > times.to_micros(now) else None
