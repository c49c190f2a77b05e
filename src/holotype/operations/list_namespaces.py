"""Which namespaces may the caller see? Those in which they may read something, be it one model."""

from __future__ import annotations

from holotype.access import rules
from holotype.catalogue import namespaces
from holotype.domain.entities import Namespace
from holotype.domain.permissions import Permission
from holotype.operations.call import Call


def list_namespaces(call: Call, *, after: str = "", limit: int = 50) -> list[Namespace]:
    """Return up to ``limit`` namespaces whose names come after ``after``."""
    rules.require_somewhere(call.actor, Permission.MODEL_READ)
    places = rules.scopes(call.actor, Permission.MODEL_READ)
    with call.read() as tx:
        if places is None:
            return namespaces.page(tx, after=after, limit=limit)
        return namespaces.page_of(tx, sorted({space for space, _ in places}), after=after, limit=limit)
