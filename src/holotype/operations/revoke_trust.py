"""How does a trust rule end? With the tokens that were made by it, at once and for good."""

from __future__ import annotations

from holotype.access import rules, tokens, trusts
from holotype.domain import scopes
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations.call import Call


def revoke_trust(call: Call, trust_id: int) -> None:
    """Revoke a trust rule and every token that it gave; doing so twice changes nothing."""
    rules.require_somewhere(call.actor, Permission.ACCESS_WRITE)
    with call.write() as tx:
        found = trusts.get(tx, trust_id)
        where = scopes.parse(found.scope, pattern=False)
        rules.require(call.actor, Permission.ACCESS_WRITE, namespace=where.namespace, model=where.model)
        if not trusts.revoke(tx, trust_id, call.now):
            return
        tokens.revoke_of_origin(tx, found.principal_id, f"trust:{trust_id}", call.now)
        entry = Entry(
            Action.TRUST_REVOKED, f"trust:{trust_id}", namespace_id=found.namespace_id, model_id=found.model_id
        )
        append.append(tx, actor=call.actor, now=call.now, entries=[entry])
