"""Which tokens does the caller have?"""

from __future__ import annotations

from holotype.access import rules, tokens
from holotype.domain.entities import Token
from holotype.domain.permissions import Permission
from holotype.operations.call import Call


def list_tokens(
    call: Call, *, everyone: bool = False, before: tuple[int, str] | None = None, limit: int = 50
) -> list[Token]:
    """Return up to ``limit`` tokens, newest first: the caller's, or everybody's for an administrator."""
    rules.require_somewhere(call.actor, Permission.TOKEN_WRITE)
    if everyone:
        rules.require(call.actor, Permission.ADMIN_OPERATE)
    with call.read() as tx:
        principal_id = None if everyone else call.actor.principal_id
        return tokens.page(tx, principal_id=principal_id, before=before, limit=limit)
