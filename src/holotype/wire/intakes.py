"""What does a version look like on the wire whose bytes are still on their way in?"""

from __future__ import annotations

from datetime import datetime

from holotype.domain import entities
from holotype.wire.base import Response


class Intake(Response):
    """A version that has a number while its bytes are copied in from an import source.

    ``status`` is ``pending`` or ``failed``, and ``reason`` says why; ``source`` is where its bytes lie. Once all are
    here it is a version like any other, and no intake any more.
    """

    reference: str
    namespace: str
    model: str
    number: int
    status: str
    reason: str
    source: str
    attempts: int
    created_at: datetime
    created_by: str
    changed_at: datetime
    run: str | None = None
    description: str = ""
    tags: dict[str, str] = {}


def of(value: entities.Intake) -> Intake:
    """Return the wire shape of an intake."""
    return Intake(
        reference=f"{value.namespace}/{value.model}:{value.number}",
        namespace=value.namespace,
        model=value.model,
        number=value.number,
        status=value.status,
        reason=value.reason,
        source=value.uri,
        attempts=value.attempts,
        created_at=value.created_at,
        created_by=value.created_by,
        changed_at=value.changed_at,
        run=value.run_id,
        description=value.description,
        tags=value.tags,
    )
