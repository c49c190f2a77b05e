"""How does a trust rule end? With the tokens that were made by it, at once and for good."""

from __future__ import annotations

from holotype.access import rules, tokens, trusts
from holotype.db import Tx
from holotype.domain import scopes
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.domain.sign_in import Trust
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations.call import Call


def revoke_trust(call: Call, trust_id: int) -> None:
    """Revoke a trust rule and every token that it gave; doing so twice changes nothing."""
    rules.require_somewhere(call.actor, Permission.ACCESS_WRITE)
    with call.write() as tx:
        found = _found(tx, call, trust_id)
        if not trusts.revoke(tx, trust_id, call.now):
            return
        tokens.revoke_of_origin(tx, found.principal_id, f"trust:{trust_id}", call.now)
        entry = Entry(
            Action.TRUST_REVOKED, f"trust:{trust_id}", namespace_id=found.namespace_id, model_id=found.model_id
        )
        append.append(tx, actor=call.actor, now=call.now, entries=[entry])


def _found(tx: Tx, call: Call, trust_id: int) -> Trust:
    """Return a rule that the caller administers; one that they may not even see is not there."""
    found = trusts.get(tx, trust_id)
    where = scopes.parse(found.scope, pattern=False)
    if not rules.may(call.actor, Permission.ACCESS_READ, namespace=where.namespace, model=where.model):
        raise trusts.missing(trust_id)
    rules.require(call.actor, Permission.ACCESS_WRITE, namespace=where.namespace, model=where.model)
    return found
