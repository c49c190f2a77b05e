"""Which namespaces may the caller see?"""

from __future__ import annotations

from holotype.access import rules
from holotype.catalogue import namespaces
from holotype.domain.entities import Namespace
from holotype.domain.permissions import Permission
from holotype.operations.call import Call


def list_namespaces(call: Call, *, after: str = "", limit: int = 50) -> list[Namespace]:
    """Return up to ``limit`` namespaces whose names come after ``after``."""
    only = call.actor.namespace
    rules.require(call.actor, Permission.MODEL_READ, namespace=only, model=call.actor.model)
    with call.read() as tx:
        if only is not None:
            return [namespaces.get(tx, only)] if only > after else []
        return namespaces.page(tx, after=after, limit=limit)
