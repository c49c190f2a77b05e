"""What does evidence look like on the wire?"""

from __future__ import annotations

from datetime import datetime

from holotype.domain import entities
from holotype.wire.base import Request, Response


class NewEvidence(Request):
    """Evidence to attach: ``payload`` is base64 and kept byte for byte; or ``content`` is a JSON value.

    Types: evaluation, test-report, scan, signature, card, or a name under a domain (acme.org/fairness).
    """

    type: str
    media_type: str | None = None
    payload: bytes | None = None
    content: object = None


class Signed(Response):
    """What became of a signature: verified, unknown, forged, elsewhere or unverifiable, and why."""

    status: str
    reason: str
    key: str | None = None


class Evidence(Response):
    """What was learnt about a version: bound to its digest (``subject``), by whom, when, and signed by which key.

    ``signed_by`` in a list is the key that was trusted when it arrived. ``signature`` says what the policy makes of it
    now; it is there when one piece is shown. The payload has a route of its own.
    """

    id: int
    version: str
    subject: str
    type: str
    media_type: str
    digest: str
    size: int
    created_at: datetime
    created_by: str
    signed_by: str | None = None
    signature: Signed | None = None


def of(value: entities.Evidence, version: str, signature: Signed | None = None) -> Evidence:
    """Return the wire shape of a piece of evidence about a version (its reference)."""
    return Evidence(
        id=value.id,
        version=version,
        subject=value.subject,
        type=value.type,
        media_type=value.media_type,
        digest=value.digest,
        size=value.size,
        created_at=value.created_at,
        created_by=value.created_by,
        signed_by=value.signed_by,
        signature=signature,
    )
