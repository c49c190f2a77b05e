"""How does a namespace come to be?"""

from __future__ import annotations

from holotype.access import rules
from holotype.catalogue import namespaces
from holotype.domain import names
from holotype.domain.entities import Namespace
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.domain.scopes import REGISTRY
from holotype.errors import AlreadyExists, InvalidName
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations import once
from holotype.operations.call import Call
from holotype.tracking import experiments


def create_namespace(call: Call, name: str, *, description: str = "") -> Namespace:
    """Create a namespace and return it."""
    rules.require(call.actor, Permission.NAMESPACE_CREATE)
    names.component(name, "namespace")
    if name == REGISTRY:
        raise InvalidName(f"The name {name} stands for the whole registry.", hint="Choose another one.")
    names.text(description, "description")
    mark = once.fingerprint("create_namespace", name, description)
    with call.write() as tx:
        if once.recall(tx, call, mark) is not None:
            return namespaces.get(tx, name)
        created = namespaces.create(tx, name, description, call.now)
        if created is None:
            raise AlreadyExists(f"There is a namespace {name} already.", hint="Use it, or choose another name.")
        experiments.create(tx, created.id, experiments.DEFAULT_NAME, author=call.actor.name, now=call.now)
        entry = Entry(Action.NAMESPACE_CREATED, name, {"description": description}, namespace_id=created.id)
        append.append(tx, actor=call.actor, now=call.now, entries=[entry])
        once.remember(tx, call, mark, name)
        return created
