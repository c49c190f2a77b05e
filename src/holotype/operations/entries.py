"""How does the ledger speak of a version? Always by reference, number and digest."""

from __future__ import annotations

from collections.abc import Mapping

from holotype.domain.entities import Version
from holotype.domain.events import Action
from holotype.ledger.append import Entry


def about(version: Version, action: Action, data: Mapping[str, object]) -> Entry:
    """Return an entry about a version; number and digest are always part of its data."""
    return Entry(
        action,
        version.reference,
        {"number": version.number, "digest": version.digest, **data},
        namespace_id=version.namespace_id,
        model_id=version.model_id,
        version_id=version.id,
    )
