"""What may the caller see, by id? Worked out once for the rights that they have, and kept with these."""

from __future__ import annotations

from holotype.access import rules
from holotype.access.rights import indexed
from holotype.catalogue.search import scope
from holotype.catalogue.search.asked import Visible
from holotype.db import Tx
from holotype.domain.entities import Actor
from holotype.domain.permissions import Permission


def visible(tx: Tx, actor: Actor, permission: Permission = Permission.MODEL_READ) -> Visible | None:
    """Return the namespaces and models on which the caller has a permission; None means everything."""
    places = rules.scopes(actor, permission)
    if places is None:
        return None
    if not actor.rights:
        return scope.visible(tx, places)
    derived = indexed(actor.rights).derived
    key = ("visible", permission, permission in actor.permissions, actor.namespace, actor.model)
    found = scope.visible(tx, places, derived.get(key))
    if found is not None and all(space is not None for space, _ in places):
        derived[key] = found
    return found
