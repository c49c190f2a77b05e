"""How does a sign-in end before its time? Whoever has the secret of a token may end it, whatever else they may."""

from __future__ import annotations

from holotype.access import tokens
from holotype.domain.events import Action
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations.authenticate import authenticate
from holotype.operations.call import Call


def sign_out(call: Call, secret: str) -> None:
    """End a token by its secret, or raise ``Unauthenticated`` for one that does not work any more."""
    actor = authenticate(call, secret)
    token_id = actor.token_id or ""
    with call.write() as tx:
        if tokens.revoke(tx, token_id, call.now):
            append.append(tx, actor=actor, now=call.now, entries=[Entry(Action.TOKEN_REVOKED, f"token:{token_id}")])
