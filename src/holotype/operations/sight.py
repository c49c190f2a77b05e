"""What may the caller see, by id? Worked out once for the rights that they have, and kept with these."""

from __future__ import annotations

from holotype.access import rules
from holotype.access.rights import indexed
from holotype.catalogue import namespaces
from holotype.catalogue.search import scope
from holotype.catalogue.search.asked import Visible
from holotype.db import Tx
from holotype.domain.entities import Actor, Namespace
from holotype.domain.permissions import Permission


def visible(tx: Tx, actor: Actor, permission: Permission = Permission.MODEL_READ) -> Visible | None:
    """Return the namespaces and models on which the caller has a permission; None means everything."""
    derived = indexed(actor.rights).derived
    key = ("visible", permission, permission in actor.permissions, actor.namespace, actor.model)
    known = derived.get(key)
    if isinstance(known, Visible) and not known.growing:
        return known
    found = scope.visible(tx, rules.scopes(actor, permission), known)
    if found is not None and actor.rights:
        derived[key] = found
    return found


def namespaces_page(tx: Tx, actor: Actor, permission: Permission, *, after: str, limit: int) -> list[Namespace]:
    """Return up to ``limit`` namespaces in which the caller has a permission somewhere, by name behind ``after``."""
    places = rules.scopes(actor, permission)
    if places is None:
        return namespaces.page(tx, after=after, limit=limit)
    return namespaces.page_of(tx, sorted({space for space, _ in places}), after=after, limit=limit)
