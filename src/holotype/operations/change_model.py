"""How do the words about a model change: its description, its card, its tags?"""

from __future__ import annotations

from collections.abc import Mapping

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
from holotype.operations.words import Words, check_unchanged, check_words


def change_model(
    call: Call,
    model: Reference,
    *,
    description: str | None = None,
    card: str | None = None,
    given: Mapping[str, str | None] | None = None,
    began: str | None = None,
) -> Model:
    """Change what is given and leave the rest; a tag with no value is removed. What changes nothing is no event.

    ``began`` is the mark of the words that somebody saw: others are not replaced, and ``Conflict`` is raised.
    """
    rules.require(call.actor, Permission.MODEL_WRITE, namespace=model.namespace, model=model.model)
    check_words(description, card, given or {})
    with call.write() as tx:
        model_id = locking.lock(tx, model)
        found = models.get(tx, model.namespace, model.model)
        if began is not None:
            check_unchanged(began, found.description, models.card(tx, model_id), found.reference)
        said = Words(found.description, models.card(tx, model_id) if card is not None else None, found.tags)
        new = Words(description, card, given or {}).beside(said)
        if not new:
            return found
        models.change(tx, model_id, call.now, **new.columns)
        tags.tag_model(tx, model_id, new.tags)
        where = {"namespace_id": found.namespace_id, "model_id": model_id}
        entry = Entry(Action.MODEL_CHANGED, found.reference, new.recorded, **where)
        append.append(tx, actor=call.actor, now=call.now, entries=[entry])
        return models.get(tx, model.namespace, model.model)
