"""How do the words about a model change: its description, its card, its tags?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holotype.access import rules
from holotype.catalogue import models, tags
from holotype.domain.entities import Model
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations import locking
from holotype.operations.call import Call
from holotype.operations.words import check_words, recorded


def change_model(
    call: Call,
    model: Reference,
    *,
    description: str | None = None,
    card: str | None = None,
    given: Mapping[str, str | None] | None = None,
) -> Model:
    """Change what is given and leave the rest; a tag with no value is removed."""
    rules.require(call.actor, Permission.MODEL_WRITE, namespace=model.namespace, model=model.model)
    check_words(description, card, given or {})
    with call.write() as tx:
        model_id = locking.lock(tx, model)
        changed: dict[str, Any] = {"description": description, "card": card}
        models.change(tx, model_id, call.now, **{key: value for key, value in changed.items() if value is not None})
        tags.tag_model(tx, model_id, given or {})
        after = models.get(tx, model.namespace, model.model)
        data = recorded(description, card, given or {})
        where = {"namespace_id": after.namespace_id, "model_id": model_id}
        entry = Entry(Action.MODEL_CHANGED, after.reference, data, **where)
        append.append(tx, actor=call.actor.name, now=call.now, entries=[entry])
        return after
