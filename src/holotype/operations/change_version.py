"""How do the words about a version change? Its content never does."""

from __future__ import annotations

from collections.abc import Mapping

from holotype.access import rules
from holotype.catalogue import models, tags, versions
from holotype.domain.entities import Version
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.ledger import append
from holotype.operations import entries, locking
from holotype.operations.call import Call
from holotype.operations.words import Words, check_words


def change_version(
    call: Call,
    reference: Reference,
    *,
    description: str | None = None,
    card: str | None = None,
    given: Mapping[str, str | None] | None = None,
) -> Version:
    """Change what is given and leave the rest; a tag with no value is removed. What changes nothing is no event."""
    rules.require(call.actor, Permission.VERSION_WRITE, namespace=reference.namespace, model=reference.model)
    check_words(description, card, given or {})
    with call.write() as tx:
        locking.lock(tx, reference)
        version = versions.find(tx, reference)
        said = Words(version.description, versions.card(tx, version.id) if card is not None else None, version.tags)
        new = Words(description, card, given or {}).beside(said)
        if not new:
            return version
        versions.change(tx, version.id, call.now, **new.columns)
        models.change(tx, version.model_id, call.now)
        tags.tag_version(tx, version.id, new.tags)
        entry = entries.about(version, Action.VERSION_CHANGED, new.recorded)
        append.append(tx, actor=call.actor.name, now=call.now, entries=[entry])
        return versions.by_ids(tx, [version.id])[0]
