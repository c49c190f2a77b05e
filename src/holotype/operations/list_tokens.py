"""Which tokens does the caller have?"""

from __future__ import annotations

from holotype.access import rules, tokens
from holotype.db import Tx
from holotype.domain.entities import Token
from holotype.domain.permissions import Permission
from holotype.operations import accounts
from holotype.operations.call import Call
from holotype.operations.create_token import bearer_of


def list_tokens(
    call: Call,
    *,
    everyone: bool = False,
    principal: str | None = None,
    before: tuple[int, str] | None = None,
    limit: int = 50,
) -> list[Token]:
    """Return up to ``limit`` tokens, newest first: the caller's, a service account's, or everybody's."""
    rules.require_somewhere(call.actor, Permission.TOKEN_WRITE)
    if everyone:
        rules.require(call.actor, Permission.ADMIN_OPERATE)
    with call.read() as tx:
        principal_id = None if everyone else _of(tx, call, principal)
        return tokens.page(tx, principal_id=principal_id, before=before, limit=limit)


def _of(tx: Tx, call: Call, name: str | None) -> int:
    """Return whose tokens are asked for: an administrator's choice, else the caller or a service account of theirs."""
    if name is not None and rules.may(call.actor, Permission.ADMIN_OPERATE):
        return accounts.get(tx, name).id
    return bearer_of(tx, call, name) or 0
