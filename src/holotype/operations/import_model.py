"""How does a model come from another registry, before its versions do?

As it was there, by whoever administers the namespace. A model that is here already keeps what people here said of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from holotype.access import rules
from holotype.catalogue import imports, models, namespaces, tags
from holotype.db import Tx
from holotype.domain import names, titles
from holotype.domain.entities import Model, Namespace
from holotype.domain.events import Action
from holotype.domain.imports import ImportedModel, LeftOut, text_is_usable, usable
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import Conflict, Invalid
from holotype.ledger import append
from holotype.ledger import imports as record
from holotype.ledger.append import Entry
from holotype.operations.call import Call
from holotype.operations.words import Words


@dataclass(frozen=True, slots=True)
class Outcome:
    """The model after an import, whether it is new or was changed by it, and what was left out."""

    model: Model
    created: bool
    changed: bool
    left_out: tuple[LeftOut, ...]


def import_model(call: Call, model: Reference, wanted: ImportedModel) -> Outcome:
    """Create a model as another registry has it, or bring what an earlier import wrote up to date."""
    rules.require(call.actor, Permission.ADMIN_OPERATE, namespace=model.namespace, model=model.model)
    names.component(model.model, "model")
    if titles.name_of(wanted.title) != model.model:
        raise Invalid(f"A model called {wanted.title[:80]!r} is kept as {titles.name_of(wanted.title)} here.")
    names.text(wanted.title, "title", 1_000)
    words, out = _words(wanted)
    with call.write() as tx:
        namespace = namespaces.get(tx, model.namespace)
        model_id = models.lock(tx, namespace, model.model)
        created = changed = model_id is None
        if model_id is None:
            model_id = _create(tx, call, namespace, model, wanted, words)
        else:
            changed = _update(tx, call, model, model_id, wanted, words, out)
        changed |= imports.next_number(tx, model_id) < wanted.next_number
        imports.raise_next(tx, model_id, wanted.next_number)
        return Outcome(models.get(tx, model.namespace, model.model), created, changed, tuple(out))


def _words(wanted: ImportedModel) -> tuple[Words, list[LeftOut]]:
    given, out = usable("the model", wanted.tags)
    if text_is_usable(wanted.description):
        return Words(wanted.description, None, given), out
    out.append(LeftOut("the model", "description", "it is too long or is no text"))
    return Words("", None, given), out


def _create(tx: Tx, call: Call, namespace: Namespace, model: Reference, wanted: ImportedModel, words: Words) -> int:
    made = models.create(
        tx,
        namespace,
        model.model,
        title=titles.title_of(wanted.title),
        description=words.description or "",
        card="",
        by=call.actor.name,
        now=wanted.created_at or call.now,
    )
    tags.tag_model(tx, made, words.tags)
    models.change(tx, made, wanted.changed_at or wanted.created_at or call.now)
    _append(tx, call, (namespace.id, made, model.model_reference), wanted, words)
    return made


def _update(
    tx: Tx, call: Call, model: Reference, model_id: int, wanted: ImportedModel, words: Words, out: list[LeftOut]
) -> bool:
    """Write what changed over there, unless people here wrote something else; return whether anything was written."""
    here = models.get(tx, model.namespace, model.model)
    if here.title != titles.title_of(wanted.title):
        raise Conflict(f"{model.model_reference} is another model than {wanted.title[:80]!r}.")
    gone = dict.fromkeys(here.tags.keys() - words.tags.keys())
    new = Words(words.description, None, {**words.tags, **gone}).beside(Words(here.description, None, here.tags))
    done = record.of_model(tx, model_id)
    if new and done != {Action.MODEL_IMPORTED.value}:
        out.append(LeftOut("the model", "description and tags", "they were written here"))
        return False
    if not new:
        return False
    models.change(tx, model_id, wanted.changed_at or call.now, **new.columns)
    tags.tag_model(tx, model_id, new.tags)
    _append(tx, call, (here.namespace_id, model_id, model.model_reference), wanted, new)
    return True


def _append(tx: Tx, call: Call, where: tuple[int, int, str], wanted: ImportedModel, words: Words) -> None:
    namespace_id, model_id, subject = where
    data = {"origin": wanted.origin, "title": wanted.title, "next_number": wanted.next_number, **words.recorded}
    entry = Entry(Action.MODEL_IMPORTED, subject, data, namespace_id=namespace_id, model_id=model_id)
    append.append(tx, actor=call.actor, now=call.now, entries=[entry])
