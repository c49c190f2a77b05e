"""Which namespaces may the caller see? Those in which they may read something, be it one model."""

from __future__ import annotations

from holotype.access import rules
from holotype.domain.entities import Namespace
from holotype.domain.permissions import Permission
from holotype.operations import sight
from holotype.operations.call import Call


def list_namespaces(call: Call, *, after: str = "", limit: int = 50) -> list[Namespace]:
    """Return up to ``limit`` namespaces whose names come after ``after``."""
    rules.require_somewhere(call.actor, Permission.MODEL_READ)
    with call.read() as tx:
        return sight.namespaces_page(tx, call.actor, Permission.MODEL_READ, after=after, limit=limit)
