"""Which aliases does a model have?"""

from __future__ import annotations

from holotype.access import rules
from holotype.catalogue import labels, models
from holotype.domain.entities import Alias
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.operations.call import Call


def list_aliases(call: Call, model: Reference, *, after: str = "", limit: int = 50) -> list[Alias]:
    """Return up to ``limit`` aliases of a model whose names come after ``after``."""
    rules.require(call.actor, Permission.MODEL_READ, namespace=model.namespace, model=model.model)
    with call.read() as tx:
        found = models.get(tx, model.namespace, model.model)
        return labels.page_of_aliases(tx, found.id, after=after, limit=limit)
