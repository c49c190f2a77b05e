"""How does a model come to be before its first version?"""

from __future__ import annotations

from collections.abc import Mapping

from holotype.access import rules
from holotype.catalogue import models, namespaces, tags
from holotype.domain import names
from holotype.domain.entities import Model
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import AlreadyExists
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations import once
from holotype.operations.call import Call
from holotype.operations.words import Words, check_words


def create_model(
    call: Call, model: Reference, *, description: str = "", card: str = "", given: Mapping[str, str] | None = None
) -> Model:
    """Create a model without versions and return it."""
    rules.require(call.actor, Permission.MODEL_CREATE, namespace=model.namespace, model=model.model)
    names.component(model.model, "model")
    check_words(description, card, given or {})
    mark = once.fingerprint("create_model", str(model), description, card, dict(given or {}))
    with call.write() as tx:
        if once.recall(tx, call, mark) is not None:
            return models.get(tx, model.namespace, model.model)
        namespace = namespaces.get(tx, model.namespace)
        if models.lock(tx, namespace, model.model) is not None:
            raise AlreadyExists(f"There is a model {model.model_reference} already.", hint="Push versions to it.")
        actor = call.actor.name
        made = models.create(tx, namespace, model.model, description=description, card=card, by=actor, now=call.now)
        tags.tag_model(tx, made, given or {})
        data = {"kind": "files", **Words(description or None, card or None, given or {}).recorded}
        where = {"namespace_id": namespace.id, "model_id": made}
        entry = Entry(Action.MODEL_CREATED, model.model_reference, data, **where)
        append.append(tx, actor=call.actor, now=call.now, entries=[entry])
        once.remember(tx, call, mark, str(made))
        return models.get(tx, model.namespace, model.model)
