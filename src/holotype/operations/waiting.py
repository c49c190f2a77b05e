"""Does a promotion wait for this very person? It does where their approval would count and was not given yet."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from holotype.access import principals, rules, standing
from holotype.access.rights import indexed
from holotype.access.standing import Everywhere
from holotype.db import Tx
from holotype.domain.entities import Approval, Promotion
from holotype.domain.permissions import Permission
from holotype.domain.policy import AUTHOR, REQUESTER, ApprovalRule, Policy
from holotype.errors import IllegalMove, Invalid
from holotype.gates.approvals import counts
from holotype.governance import cases, policies
from holotype.governance.approvals import APPROVED
from holotype.governance.cases import Case
from holotype.governance.promotions import ALIAS, PENDING, Filter
from holotype.operations import sight
from holotype.operations.call import Call

NOBODY = "Nobody knows who you are: a server with --open has no approvals."
_CHUNK, _CHUNKS = 500, 4


def waiting(
    tx: Tx, call: Call, wanted: Filter, *, before: int | None = None, limit: int
) -> tuple[list[int], int | None]:
    """Return the ids of up to ``limit`` promotions that wait for the caller, and under which id there may be more.

    A bounded number of those that wait for anybody is looked at.
    """
    actor, found = call.actor, list[int]()
    if actor.person_id is None or not rules.may_somewhere(actor, Permission.PROMOTION_APPROVE):
        return [], None
    approver, visible = Approver(tx, call), sight.visible(tx, actor, Permission.PROMOTION_APPROVE)
    where = replace(wanted, inside=None if visible is None else visible.sets)
    size = limit + 1  # where all of them wait for the caller, that is enough
    for _ in range(_CHUNKS):
        rows = cases.cases(tx, where, actor.person_id, before=before, limit=size)
        found += [row.id for row in rows if not approver.why_not(row)]
        if len(found) > limit:
            return found[:limit], found[limit - 1]
        if len(rows) < size:
            return found, None
        before, size = rows[-1].id, _CHUNK
    return found, before


class Approver:
    """The caller, as somebody who may approve. What several promotions have in common is read once."""

    def __init__(self, tx: Tx, call: Call) -> None:
        """Begin with nothing known; it holds for one transaction."""
        self._tx, self._call = tx, call
        self._policies: dict[int, Policy] = {}

    def hindered(self, found: Promotion) -> str:
        """Return why the caller cannot approve a promotion now, in a sentence; nothing where they can."""
        if found.status != PENDING:
            return f"It is {found.status}."
        if any(one.person_id == self._call.actor.person_id and one.voided is None for one in found.approvals):
            return "You approved it already."
        return self.why_not(case_of(found))

    def why_not(self, case: Case) -> str:
        """Return why an approval by the caller would not count, in a sentence; nothing where it would."""
        actor = self._call.actor
        if not actor.principal_id or actor.person_id is None:
            return NOBODY
        where = {"namespace": case.namespace, "model": case.model, "stage": case.target}
        if not rules.may(actor, Permission.PROMOTION_APPROVE, **where):
            return rules.needs(Permission.PROMOTION_APPROVE, f"{case.namespace}/{case.model}")
        asked, mine = rules_of(self._policy(case.namespace_id), case), self._mine(case)
        author_id = actor.person_id if case.author in self._accounts else None
        who = {"author_id": author_id, "requester_id": case.requester_id}
        if any(counts(mine, rule, author=case.author, **who) for rule in asked):
            return ""
        return self._because(asked, case)

    def _mine(self, case: Case) -> Approval:
        actor = self._call.actor
        roles, teams = self._standing.on(case.namespace, case.model, case.target)
        roles = rules.borne(actor, roles, namespace=case.namespace, model=case.model, stage=case.target)
        person, known = actor.person_id or 0, actor.principal_id or 0
        return Approval(actor.name, known, person, APPROVED, "", self._call.now, roles=roles, teams=teams)

    def _because(self, asked: tuple[ApprovalRule, ...], case: Case) -> str:
        """Return why the caller counts for none of the rules."""
        barred = {one for rule in asked for one in rule.exclude}
        if REQUESTER in barred and case.requester_id == self._call.actor.person_id:
            return "The policy wants others than the requester to approve, and you asked for it."
        if AUTHOR in barred and case.author in self._accounts:
            return "The policy wants others than the author to approve, and you registered the version."
        among = dict.fromkeys(one for rule in asked for one in rule.among)
        if among:
            return f"The policy asks others: {', '.join(among)}."
        return "The policy asks nobody to approve this any more."

    @cached_property
    def _accounts(self) -> frozenset[str]:
        return principals.accounts_of(self._tx, self._call.actor.person_id or 0) | {self._call.actor.name}

    @cached_property
    def _standing(self) -> Everywhere:
        """What the caller has everywhere, kept with their rights: who gets or loses something gets new ones."""
        actor = self._call.actor
        derived, key = indexed(actor.rights).derived, ("standing", actor.principal_id)
        if key not in derived or not actor.rights:
            derived[key] = standing.everywhere(self._tx, actor.principal_id or 0)
        found: Everywhere = derived[key]
        return found

    def _policy(self, namespace_id: int) -> Policy:
        if namespace_id not in self._policies:
            self._policies[namespace_id] = policies.in_force(self._tx, namespace_id)
        return self._policies[namespace_id]


def rules_of(policy: Policy, case: Case) -> tuple[ApprovalRule, ...]:
    """Return how many have to approve a promotion, and from among whom, as a policy has it."""
    if case.kind == ALIAS:
        protected = policy.alias(case.target)
        return () if protected is None else protected.rule.approvals
    try:
        return policy.move(case.source, case.target).rule.approvals
    except (IllegalMove, Invalid):
        return ()


def case_of(found: Promotion) -> Case:
    """Return what decides for whom a promotion waits."""
    version = found.version
    return Case(
        found.id or 0,
        version.namespace_id,
        version.namespace,
        version.model,
        found.kind,
        found.source,
        found.target,
        version.created_by,
        found.requester_id,
    )
