"""Does a promotion wait for this very person? It does where their approval would count and was not given yet."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from holotype.access import principals, rules, standing
from holotype.access.standing import Everywhere
from holotype.db import Tx
from holotype.domain.entities import Approval, Promotion
from holotype.domain.permissions import Permission
from holotype.domain.policy import AUTHOR, REQUESTER, ApprovalRule, Policy
from holotype.domain.provenance import Provenance
from holotype.errors import IllegalMove, Invalid
from holotype.gates.approvals import counting
from holotype.gates.facts import Dossier, Facts
from holotype.governance import policies
from holotype.governance.approvals import APPROVED
from holotype.governance.promotions import ALIAS, PENDING
from holotype.operations.call import Call

NOBODY = "Nobody knows who you are: a server with --open has no approvals."


class Approver:
    """The caller, as somebody who may approve. What several promotions have in common is read once."""

    def __init__(self, tx: Tx, call: Call) -> None:
        """Begin with nothing known; it holds for one transaction."""
        self._tx, self._call = tx, call
        self._policies: dict[int, Policy] = {}
        self._persons: dict[str, int | None] = {}

    def why_not(self, found: Promotion) -> str:
        """Return why an approval by the caller would not count, in a sentence; nothing where it would."""
        version, actor = found.version, self._call.actor
        if found.status != PENDING:
            return f"It is {found.status}."
        if not actor.principal_id or actor.person_id is None:
            return NOBODY
        where = {"namespace": version.namespace, "model": version.model, "stage": found.target}
        if not rules.may(actor, Permission.PROMOTION_APPROVE, **where):
            return rules.needs(Permission.PROMOTION_APPROVE, f"{version.namespace}/{version.model}")
        if any(one.person_id == actor.person_id and one.voided is None for one in found.approvals):
            return "You approved it already."
        asked = self.rules(found)
        facts = replace(self.facts(found), approvals=(self._mine(found),))
        if any(counting(one, facts) for one in asked):
            return ""
        return self._because(asked, facts)

    def rules(self, found: Promotion) -> tuple[ApprovalRule, ...]:
        """Return how many have to approve a promotion, and from among whom, as the policy in force has it."""
        policy = self._policy(found.version.namespace_id)
        if found.kind == ALIAS:
            protected = policy.alias(found.target)
            return () if protected is None else protected.rule.approvals
        try:
            return policy.move(found.source, found.target).rule.approvals
        except (IllegalMove, Invalid):
            return ()

    def facts(self, found: Promotion) -> Facts:
        """Return the few facts that decide whose approvals count."""
        author = found.version.created_by
        if author not in self._persons:
            known = principals.by_name(self._tx, author)
            self._persons[author] = None if known is None else known.person_id
        return Facts(
            candidate=Dossier(found.version, Provenance()),
            source=found.source,
            target=found.target,
            now=self._call.now,
            author_id=self._persons[author],
            requester_id=found.requester_id,
        )

    def _mine(self, found: Promotion) -> Approval:
        actor, version = self._call.actor, found.version
        roles, teams = self._standing.on(version.namespace, version.model, found.target)
        roles = rules.borne(actor, roles, namespace=version.namespace, model=version.model, stage=found.target)
        person, known = actor.person_id or 0, actor.principal_id or 0
        return Approval(actor.name, known, person, APPROVED, "", self._call.now, roles=roles, teams=teams)

    def _because(self, asked: tuple[ApprovalRule, ...], facts: Facts) -> str:
        """Return why the caller counts for none of the rules."""
        actor, barred = self._call.actor, {one for rule in asked for one in rule.exclude}
        if REQUESTER in barred and facts.requester_id == actor.person_id:
            return "The policy wants others than the requester to approve, and you asked for it."
        author = facts.candidate.version.created_by
        if AUTHOR in barred and (facts.author_id == actor.person_id or author == actor.name):
            return "The policy wants others than the author to approve, and you registered the version."
        among = dict.fromkeys(one for rule in asked for one in rule.among)
        if among:
            return f"The policy asks others: {', '.join(among)}."
        return "The policy asks nobody to approve this any more."

    @cached_property
    def _standing(self) -> Everywhere:
        return standing.everywhere(self._tx, self._call.actor.principal_id or 0)

    def _policy(self, namespace_id: int) -> Policy:
        if namespace_id not in self._policies:
            self._policies[namespace_id] = policies.in_force(self._tx, namespace_id)
        return self._policies[namespace_id]
