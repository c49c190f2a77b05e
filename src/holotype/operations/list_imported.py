"""Which versions of a model did an import bring, and how are they now?"""

from __future__ import annotations

from holotype.access import rules
from holotype.catalogue import imports, models
from holotype.catalogue.imports import Found
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.operations.call import Call


def list_imported(call: Call, model: Reference, *, after: int = 0, limit: int = 100) -> list[Found]:
    """Return up to ``limit`` versions of a model by number, deleted ones too, with the registrations they bear."""
    rules.require(call.actor, Permission.ADMIN_OPERATE, namespace=model.namespace, model=model.model)
    with call.read() as tx:
        found = models.get(tx, model.namespace, model.model)
        return imports.page(tx, found.id, after=after, limit=limit)
