"""Is there a namespace of that name, for the caller? One that is hidden from them is not."""

from __future__ import annotations

from holotype.access import rules
from holotype.catalogue import namespaces
from holotype.domain import names
from holotype.domain.entities import Namespace
from holotype.domain.permissions import Permission
from holotype.operations.call import Call


def show_namespace(call: Call, namespace: str) -> Namespace:
    """Return a namespace in which the caller may read something, or raise ``NotFound``."""
    rules.require_within(call.actor, Permission.MODEL_READ, namespace)
    names.component(namespace, "namespace")
    with call.read() as tx:
        return namespaces.get(tx, namespace)
