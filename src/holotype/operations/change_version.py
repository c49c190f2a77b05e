"""How do the words about a version change? Its content never does."""

from __future__ import annotations

from collections.abc import Mapping

from holotype.access import rules
from holotype.catalogue import versions
from holotype.domain.entities import Version
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.operations import locking, rewording
from holotype.operations.call import Call
from holotype.operations.words import Words, check_unchanged, check_words


def change_version(
    call: Call,
    reference: Reference,
    *,
    description: str | None = None,
    card: str | None = None,
    given: Mapping[str, str | None] | None = None,
    began: str | None = None,
) -> Version:
    """Change what is given and leave the rest; a tag with no value is removed. What changes nothing is no event.

    ``began`` is the mark of the words that somebody saw: others are not replaced, and ``Conflict`` is raised.
    """
    rules.require(call.actor, Permission.VERSION_WRITE, namespace=reference.namespace, model=reference.model)
    check_words(description, card, given or {})
    with call.write() as tx:
        locking.lock(tx, reference)
        version = versions.find(tx, reference)
        if began is not None:
            check_unchanged(began, version.description, versions.card(tx, version.id), version.reference)
        new = rewording.news(tx, version, Words(description, card, given or {}))
        if not new:
            return version
        rewording.reword(tx, call, version, new)
        return versions.by_ids(tx, [version.id])[0]
