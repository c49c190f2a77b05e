"""How does a token end before its time? At once, on every server: tokens are looked up for each request."""

from __future__ import annotations

from holotype.access import principals, rules, tokens
from holotype.db import Tx
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.errors import NotFound
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations.call import Call
from holotype.operations.create_token import covered


def revoke_token(call: Call, token_id: str) -> None:
    """Revoke a token; doing so twice changes nothing.

    The caller may revoke the very token that is used, any token that it could have made for itself or a service account
    of its person, and with the right to operate the registry everybody's.
    """
    rules.require_somewhere(call.actor, Permission.TOKEN_WRITE)
    with call.write() as tx:
        _check(tx, call, token_id)
        if tokens.revoke(tx, token_id, call.now):
            entry = Entry(Action.TOKEN_REVOKED, f"token:{token_id}")
            append.append(tx, actor=call.actor, now=call.now, entries=[entry])


def _check(tx: Tx, call: Call, token_id: str) -> None:
    found, principal_id = tokens.get(tx, token_id)
    if token_id == call.actor.token_id or rules.may(call.actor, Permission.ADMIN_OPERATE):
        return
    bearer = principals.by_id(tx, principal_id)
    own = bearer is not None and bearer.owner_id is not None and bearer.owner_id == call.actor.person_id
    if principal_id != call.actor.principal_id and not own:
        raise NotFound("There is no such token.", hint="List yours with `holotype token ls`.")
    if not covered(call, found.role, found.scope):
        rules.refuse(call.actor, Permission.TOKEN_WRITE, f"token:{token_id}")
