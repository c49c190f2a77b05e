"""Which grant lets somebody do something, or why does none?

1. Everybody may ask about themselves; about others, who may read access on the thing.
2. What is answered comes from grants and names alone: it says nothing about whether the thing is there.
3. Of somebody else's grants the caller is shown those that cover the thing, and those where they may read access:
   the others would tell of namespaces, models and teams that are hidden from them.
"""

from __future__ import annotations

from holotype.access import explaining, grants, principals, rules
from holotype.access.explaining import Explanation, Question
from holotype.db import Tx
from holotype.domain import names, references, scopes
from holotype.domain.entities import Grant, Principal
from holotype.domain.permissions import Permission
from holotype.domain.scopes import REGISTRY, Scope
from holotype.errors import Invalid
from holotype.operations import accounts
from holotype.operations.call import Call


def explain_access(call: Call, who: str, action: str, thing: str, *, stage: str | None = None) -> Explanation:
    """Say which grants let a user or service account do something, or why none does.

    ``action`` is a permission, or its verb where only one has it; ``thing`` is a reference, ``risk/`` for a namespace,
    or ``registry``.
    """
    rules.require_somewhere(call.actor, Permission.TOKEN_WRITE)
    permission, where = _permission(action), _thing(thing)
    if stage is not None:
        names.label(stage)
    name = who.removeprefix("user:").removeprefix("service:")
    if name != call.actor.name:  # 1
        rules.require(call.actor, Permission.ACCESS_READ, namespace=where.namespace, model=where.model)
    with call.read() as tx:
        found = accounts.get(tx, name)
        question = Question(found.name, permission, where, stage, _barred(tx, found))
        held = grants.of_principal(tx, found.id)
    known = held if found.id == call.actor.principal_id else [one for one in held if _shown(call, one, where)]  # 3
    return explaining.explain(question, known)  # 2


def _shown(call: Call, grant: Grant, where: Scope) -> bool:
    place = scopes.parse(grant.scope)
    return place.covers(where.namespace, where.model) or rules.may(
        call.actor, Permission.ACCESS_READ, namespace=place.namespace, model=place.model
    )


def _permission(action: str) -> Permission:
    if action in set(Permission):
        return Permission(action)
    named = [one for one in Permission if one.value.partition(":")[2] == action]
    if len(named) == 1:
        return named[0]
    choice = ", ".join(one.value for one in named or Permission)
    raise Invalid(f"{action[:80]!r} names {'several actions' if named else 'no action'}.", hint=f"One of {choice}.")


def _thing(text: str) -> Scope:
    if text == REGISTRY:
        return Scope()
    if text.endswith("/"):
        return Scope(names.component(text[:-1], "namespace"))
    reference = references.parse(text)
    return Scope(reference.namespace, reference.model)


def _barred(tx: Tx, who: Principal) -> str | None:
    if who.disabled_at is not None:
        return "the account is disabled"
    owner = principals.by_id(tx, who.owner_id) if who.owner_id else None
    return f"the account of its owner {owner.name} is disabled" if owner and owner.disabled_at else None
