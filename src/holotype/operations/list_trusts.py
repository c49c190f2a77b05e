"""Which trust rules are there?"""

from __future__ import annotations

from holotype.access import rules, trusts
from holotype.domain import scopes
from holotype.domain.permissions import Permission
from holotype.domain.sign_in import Trust
from holotype.operations.call import Call


def list_trusts(call: Call, *, before: int | None = None, limit: int = 50) -> list[Trust]:
    """Return up to ``limit`` rules that the caller may see, newest first, revoked ones too."""
    rules.require_somewhere(call.actor, Permission.ACCESS_READ)
    found: list[Trust] = []
    at = before or 2**62
    with call.read() as tx:
        while len(found) < limit:
            page = trusts.page(tx, before=at, limit=limit)
            found += [one for one in page if _seen(call, one)]
            if len(page) < limit:
                break
            at = page[-1].id
    return found[:limit]


def _seen(call: Call, one: Trust) -> bool:
    where = scopes.parse(one.scope, pattern=False)
    return rules.may(call.actor, Permission.ACCESS_READ, namespace=where.namespace, model=where.model)
