"""Have enough of the right persons approved?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from holotype.domain.entities import Approval, Verdict
from holotype.domain.policy import AUTHOR, REQUESTER, ApprovalRule
from holotype.gates.base import Gate
from holotype.gates.facts import Facts

APPROVED = "approved"


@dataclass(frozen=True, kw_only=True)
class Approvals(Gate):
    """As many persons as the move asks for have approved, each counted once, from among those who may."""

    on_rollback: ClassVar[bool] = True

    def ask(self, facts: Facts) -> Verdict:
        """Say how many approvals each rule still needs, and from whom."""
        if not facts.rules:
            return self.failed("The policy does not say how many have to approve.", "Add [[moves.approvals]] to it.")
        lacking = [text for text in (_lacking(rule, facts) for rule in facts.rules) if text]
        if lacking:
            remedy = "Ask them to approve it: `holotype approve` with its number, or on its page."
            return self.missing(f"It needs {'; and '.join(lacking)}.", remedy)
        persons = len({one.person_id for rule in facts.rules for one in counting(rule, facts)})
        return self.passed(f"{persons} {'person has' if persons == 1 else 'persons have'} approved.")


def counting(rule: ApprovalRule, facts: Facts) -> list[Approval]:
    """Return the approvals that count for a rule, one of each person; who changed their mind does not count."""
    last = {one.person_id: one for one in sorted(facts.approvals, key=lambda one: one.created_at) if not one.voided}
    author = facts.candidate.version.created_by
    persons = {"author_id": facts.author_id, "requester_id": facts.requester_id}
    return [one for one in last.values() if counts(one, rule, author=author, **persons)]


def counts(one: Approval, rule: ApprovalRule, *, author: str, author_id: int | None, requester_id: int | None) -> bool:
    """Say whether an approval counts for a rule: it comes from among those who are asked, and from nobody excluded.

    An account that changed hands is still the account that registered.
    """
    if one.decision != APPROVED or not _is_among(one, rule.among):
        return False
    if AUTHOR in rule.exclude and one.principal == author:
        return False
    persons = {REQUESTER: requester_id, AUTHOR: author_id}
    return one.person_id not in {persons[who] for who in rule.exclude if who in persons} - {None}


def _is_among(one: Approval, among: tuple[str, ...]) -> bool:
    names = {f"user:{one.principal}"} | {f"role:{role}" for role in one.roles} | {f"team:{team}" for team in one.teams}
    return not among or not names.isdisjoint(among)


def _lacking(rule: ApprovalRule, facts: Facts) -> str:
    given = len(counting(rule, facts))
    if given >= rule.count:
        return ""
    count = rule.count - given
    whom = f" from {' or '.join(rule.among)}" if rule.among else ""
    others = " or ".join(sorted(rule.exclude, reverse=True))
    but = f", other than the {others}" if others else ""
    more = "more " if given else ""
    return f"{count} {more}{'approval' if count == 1 else 'approvals'}{whom}{but} ({given} of {rule.count} given)"
