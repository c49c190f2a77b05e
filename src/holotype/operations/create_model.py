"""How does a model come to be before its first version?

A deleted model keeps its name. Where the caller wants that name all the same (``again``), as clients of protocols do
that free it, the model comes back empty: see ``reviving``.
"""

from __future__ import annotations

from collections.abc import Mapping

from holotype.access import rules
from holotype.catalogue import models, namespaces, tags
from holotype.db import Tx
from holotype.domain import names, titles
from holotype.domain.entities import Model, Namespace
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import AlreadyExists
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations import once, reviving
from holotype.operations.call import Call
from holotype.operations.words import Words, check_words


def create_model(
    call: Call,
    model: Reference,
    *,
    description: str = "",
    card: str = "",
    given: Mapping[str, str] | None = None,
    title: str | None = None,
    again: bool = False,
) -> Model:
    """Create a model without versions and return it; ``title`` is what another protocol calls it."""
    rules.require(call.actor, Permission.MODEL_CREATE, namespace=model.namespace, model=model.model)
    names.component(model.model, "model")
    check_words(description, card, given or {})
    kept = None if title is None else titles.title_of(title)
    said = {"description": description, "card": card}
    mark = once.fingerprint("create_model", str(model), description, card, dict(given or {}))
    with call.write() as tx:
        if once.recall(tx, call, mark) is not None:
            return models.get(tx, model.namespace, model.model)
        namespace = namespaces.get(tx, model.namespace)
        data: dict[str, object] = {"kind": "files", **Words(description or None, card or None, given or {}).recorded}
        data |= {"title": kept} if kept else {}
        gone = _deleted(tx, namespace, model.model, again=again)
        if gone is None:
            made = models.create(tx, namespace, model.model, title=kept, **said, by=call.actor.name, now=call.now)
            ended: list[Entry] = []
        else:
            made, data["again"] = gone.id, True
            ended = reviving.revive(tx, call, gone, title=kept, **said)
        tags.tag_model(tx, made, given or {})
        entry = Entry(Action.MODEL_CREATED, model.model_reference, data, namespace_id=namespace.id, model_id=made)
        append.append(tx, actor=call.actor, now=call.now, entries=[*ended, entry])
        once.remember(tx, call, mark, str(made))
        return models.get(tx, model.namespace, model.model)


def _deleted(tx: Tx, namespace: Namespace, name: str, *, again: bool) -> Model | None:
    """Return the deleted model that has the name, and raise ``AlreadyExists`` where one has it that may not go."""
    try:
        held = models.lock(tx, namespace, name)
    except AlreadyExists:
        if not again:
            raise
        return models.get(tx, namespace.name, name, deleted=True)
    if held is not None:
        raise AlreadyExists(f"There is a model {namespace.name}/{name} already.", hint="Push versions to it.")
    return None
