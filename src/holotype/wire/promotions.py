"""What do decisions and comments about promotions, and overrides of gates, look like on the wire?

The promotion itself is ``holotype.wire.shapes.Promotion``.
"""

from __future__ import annotations

from datetime import datetime

from holotype.domain import entities
from holotype.wire.base import Request, Response


class NewDecision(Request):
    """What somebody says about a promotion; a rejection needs a comment."""

    comment: str = ""


class NewComment(Request):
    """What somebody writes to a promotion, as Markdown."""

    text: str


class Comment(Response):
    """What somebody wrote to a promotion, as Markdown; it is never changed."""

    id: int
    text: str
    created_at: datetime
    created_by: str


class NewOverride(Request):
    """Gates to take out of the way of a version's move to ``target`` for some hours, and why."""

    target: str
    gates: list[str]
    reason: str
    hours: float = 1.0


class Override(Response):
    """Gates that do not stand in the way of one move until ``ends_at``; shown until somebody closes it."""

    id: int
    version: str
    target: str
    gates: list[str]
    reason: str
    created_at: datetime
    created_by: str
    ends_at: datetime
    closed_at: datetime | None = None
    closed_by: str | None = None


def comment_of(value: entities.Comment) -> Comment:
    """Return the wire shape of a comment."""
    return Comment(id=value.id, text=value.text, created_at=value.created_at, created_by=value.created_by)


def of(value: entities.Override) -> Override:
    """Return the wire shape of an override."""
    return Override(
        id=value.id,
        version=value.version,
        target=value.target,
        gates=list(value.gates),
        reason=value.reason,
        created_at=value.created_at,
        created_by=value.created_by,
        ends_at=value.ends_at,
        closed_at=value.closed_at,
        closed_by=value.closed_by,
    )
