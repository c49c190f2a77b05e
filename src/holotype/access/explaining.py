"""Why may somebody do something, or why not? Said of every grant that comes close.

A grant allows when its role has the permission, its scope covers the thing, and it is not limited to other stages.
One that fails in a single point says in which.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from holotype.domain import scopes
from holotype.domain.entities import Grant
from holotype.domain.permissions import ROLES, STAGED, Permission
from holotype.domain.scopes import Scope

_CLOSEST = 5


@dataclass(frozen=True, slots=True)
class Reason:
    """A grant, and what it has to do with the question."""

    grant: Grant
    detail: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether somebody may do something, the grants that allow it, and else those that come closest."""

    principal: str
    permission: str
    subject: str
    stage: str | None
    allowed: bool
    detail: str
    allowing: tuple[Reason, ...] = ()
    closest: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """May ``principal`` do this on that, perhaps towards a stage? ``barred`` says why not, whatever the grants say."""

    principal: str
    permission: Permission
    where: Scope
    stage: str | None = None
    barred: str | None = None


def explain(question: Question, grants: Iterable[Grant]) -> Explanation:
    """Weigh the grants of a principal and of their teams."""
    allowing: list[Reason] = []
    others: list[tuple[int, Reason]] = []
    for grant in grants:
        rank, detail = _weigh(question, grant)
        if rank == 0:
            allowing.append(Reason(grant, detail))
        else:
            others.append((rank, Reason(grant, detail)))
    closest = [reason for _, reason in sorted(others, key=lambda one: (one[0], one[1].grant.id))]
    return Explanation(
        question.principal,
        question.permission.value,
        str(question.where),
        question.stage,
        allowed=bool(allowing) and question.barred is None,
        detail=_sentence(question, allowing, closest),
        allowing=tuple(allowing),
        closest=() if allowing else tuple(closest[:_CLOSEST]),
    )


def _weigh(question: Question, grant: Grant) -> tuple[int, str]:
    """Return how far a grant is from allowing (0 allows), and the sentence about it."""
    covers = scopes.parse(grant.scope).covers(question.where.namespace, question.where.model)
    has = question.permission in ROLES.get(grant.role, frozenset())
    through = f" through {grant.who}" if grant.who.startswith("team:") else ""
    held = f"grant {grant.id}: role {grant.role} on {grant.scope}{through}"
    limited = bool(grant.stages) and question.permission in STAGED
    if covers and has and not (limited and question.stage not in grant.stages):
        return 0, held
    if covers and has:
        return 1, f"{held} is limited to {', '.join(grant.stages)}"
    if covers:
        return 2, f"{held} lacks {question.permission.value}"
    if has:
        return 3, f"{held} does not cover {question.where}"
    return 4, f"{held} neither covers {question.where} nor has {question.permission.value}"


def _sentence(question: Question, allowing: list[Reason], closest: list[Reason]) -> str:
    towards = f" towards {question.stage}" if question.stage else ""
    what = f"{question.permission.value} on {question.where}{towards}"
    if question.barred is not None:
        return f"{question.principal} may not {what}: {question.barred}."
    if allowing:
        return f"{question.principal} may {what}, by {allowing[0].detail}."
    if closest:
        return f"{question.principal} may not {what}: {closest[0].detail}."
    return f"{question.principal} may not {what}: there is no grant, neither their own nor of a team of theirs."
