"""How do the words about a version change? Its content never does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holotype.access import rules
from holotype.catalogue import tags, versions
from holotype.domain.entities import Version
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.ledger import append
from holotype.operations import entries, locking
from holotype.operations.call import Call
from holotype.operations.words import check_words, recorded


def change_version(
    call: Call,
    reference: Reference,
    *,
    description: str | None = None,
    card: str | None = None,
    given: Mapping[str, str | None] | None = None,
) -> Version:
    """Change what is given and leave the rest; a tag with no value is removed."""
    rules.require(call.actor, Permission.VERSION_WRITE, namespace=reference.namespace, model=reference.model)
    check_words(description, card, given or {})
    with call.write() as tx:
        locking.lock(tx, reference)
        version = versions.find(tx, reference)
        changed: dict[str, Any] = {"description": description, "card": card}
        values = {key: value for key, value in changed.items() if value is not None}
        versions.change(tx, version.id, call.now, **values)
        tags.tag_version(tx, version.id, given or {})
        entry = entries.about(version, Action.VERSION_CHANGED, recorded(description, card, given or {}))
        append.append(tx, actor=call.actor.name, now=call.now, entries=[entry])
        return versions.by_ids(tx, [version.id])[0]
