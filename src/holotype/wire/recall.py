"""What do recalls look like on the wire?"""

from __future__ import annotations

from datetime import datetime

from holotype.domain import entities
from holotype.wire.base import Request, Response


class Quarantine(Response):
    """A recall of ``subject`` and of the versions that were built on it; ``versions`` counts them."""

    id: int
    subject: str
    reason: str
    created_at: datetime
    created_by: str
    versions: int
    released_at: datetime | None = None
    released_by: str | None = None
    release_reason: str | None = None


class NewQuarantine(Request):
    """What to recall: a version, ``dataset:URI`` or ``parent:REFERENCE``."""

    subject: str
    reason: str


class NewRelease(Request):
    """The quarantine to end, by its number or by what it is about, and why."""

    quarantine: str
    reason: str


class Affected(Response):
    """A version that a recall reaches, and the labels that name it."""

    reference: str
    digest: str
    stage: str
    aliases: list[str]
    quarantined_at: datetime | None = None


class Holder(Response):
    """Who pulled a version, and when last."""

    principal: str
    version: str
    last: datetime


class Impact(Response):
    """What a recall of ``subject`` reaches: ``count`` versions, the first 1,000 of them, and who pulled those.

    ``stages`` counts the versions in each stage; ``quarantine`` is the open one of the very subject.
    """

    subject: str
    count: int
    versions: list[Affected]
    pulled_by: list[Holder]
    stages: dict[str, int] = {}
    quarantine: int | None = None


class Held(Response):
    """A quarantine and what is under it: ``count`` versions, the first 1,000 of them, and how many in each stage."""

    quarantine: Quarantine
    count: int
    versions: list[Affected]
    stages: dict[str, int]


def of(value: entities.Quarantine) -> Quarantine:
    """Return the wire shape of a quarantine."""
    return Quarantine(
        value.id,
        value.subject,
        value.reason,
        value.created_at,
        value.created_by,
        value.versions,
        value.released_at,
        value.released_by,
        value.release_reason,
    )


def affected(value: entities.Version) -> Affected:
    """Return the wire shape of a version that a recall reaches."""
    return Affected(value.reference, value.digest, value.stage, list(value.aliases), value.quarantined_at)
