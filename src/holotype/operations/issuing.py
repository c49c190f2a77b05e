"""What do all ways to sign in share? The token at the end of each, and the entries of the ledger about it."""

from __future__ import annotations

from datetime import timedelta

from holotype.access import secrets, tokens
from holotype.db import Tx
from holotype.domain import times
from holotype.domain.entities import Actor, Principal
from holotype.domain.events import Action
from holotype.domain.sign_in import SignedIn
from holotype.errors import Unauthenticated
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations.call import Call
from holotype.operations.record_denial import fresh

UNKNOWN = "unknown account"
"""What the ledger calls an account that is none: what was typed there is sometimes a password."""


def issue(
    tx: Tx,
    call: Call,
    principal: Principal,
    *,
    origin: str,
    seconds: int,
    role: str = "admin",
    scope: tuple[int | None, int | None] = (None, None),
    data: dict[str, object] | None = None,
) -> SignedIn:
    """Make a short-lived token for somebody who proved who they are; it may at most what they may.

    ``origin`` says how they did, ``scope`` holds the ids of the namespace and the model that it is confined to.
    """
    if principal.disabled_at is not None:
        raise Unauthenticated("This account is disabled.", hint="Ask an administrator.")
    token_id = secrets.new_id()
    secret, ends = secrets.new_secret(token_id), call.now + timedelta(seconds=seconds)
    row = {
        "id": token_id,
        "principal_id": principal.id,
        "name": f"sign-in by {origin}",
        "hash": secrets.hash_of(secret),
        "role": role,
        "namespace_id": scope[0],
        "model_id": scope[1],
        "created_at": times.to_micros(call.now),
        "expires_at": times.to_micros(ends),
        "origin": origin,
    }
    tokens.insert(tx, row)
    told = {"by": origin, "token": token_id, "expires_at": times.text(ends), **(data or {})}
    entry = Entry(Action.SIGN_IN_ACCEPTED, f"{principal.kind}:{principal.name}", told)
    actor = Actor(principal.name, principal.id, owner_id=principal.owner_id)
    append.append(tx, actor=actor, now=call.now, entries=[entry])
    return SignedIn(principal.name, token_id, secret, ends)


def record_refusal(call: Call, subject: str, *, by: str, why: str, **data: object) -> None:
    """Write down that somebody was not let in, once a minute for the same account and reason in each server process."""
    if not fresh((id(call.registry.database), f"sign-in by {by}", why, subject)):
        return
    entry = Entry(Action.SIGN_IN_REFUSED, subject, {"by": by, "why": why, **data})
    with call.write() as tx:
        append.append(tx, actor=call.actor, now=call.now, entries=[entry])
