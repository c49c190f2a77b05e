"""What was said about a promotion, in its order: why it was asked for, comments, decisions, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from holotype.domain import times
from holotype.domain.entities import Comment, Promotion
from holotype.operations.judging import APPROVALS

_ENDINGS = {
    "applied": "It was applied.",
    "refused": "It was refused.",
    "withdrawn": "It was withdrawn.",
    "expired": "It expired.",
}


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that somebody said or did: who, when, what they did, their words, and what became of it.

    ``kind`` is ``asked``, ``wrote``, ``approved``, ``rejected`` or how it ended; nobody is named with an ending.
    """

    kind: str
    time: datetime
    who: str = ""
    text: str = ""
    voided: str = ""


def discussion(found: Promotion, comments: Sequence[Comment]) -> list[Word]:
    """Return everything that was said, the oldest first."""
    begun = found.created_at or times.from_micros(0)
    said = [Word("asked", begun, found.requested_by, found.reason)]
    said += [Word("wrote", one.created_at, one.created_by, one.text) for one in comments]
    said += [
        Word(one.decision, one.created_at, one.principal, one.comment, one.voided or "") for one in found.approvals
    ]
    if found.ended_at is not None and found.status in _ENDINGS:
        said.append(Word(found.status, found.ended_at, text=_ended(found)))
    return sorted(said, key=lambda one: one.time)


def _ended(found: Promotion) -> str:
    against = [one.gate for one in found.verdicts if not one.passed and one.gate != APPROVALS]
    if found.status == "refused" and against and not found.note:
        return f"It was refused by {', '.join(against)}."
    return found.note or _ENDINGS[found.status]
