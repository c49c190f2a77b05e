"""Does a promotion wait for this very person? It does where their approval would count and was not given yet."""

from __future__ import annotations

from holotype.access import principals, rules, standing
from holotype.db import Tx
from holotype.domain.entities import Approval, Promotion
from holotype.domain.permissions import Permission
from holotype.domain.policy import Rule
from holotype.domain.provenance import Provenance
from holotype.errors import IllegalMove, Invalid
from holotype.gates.approvals import counting
from holotype.gates.facts import Dossier, Facts
from holotype.governance import policies
from holotype.governance.approvals import APPROVED
from holotype.governance.promotions import ALIAS
from holotype.operations.call import Call


def waits_for(tx: Tx, call: Call, found: Promotion) -> bool:
    """Say whether an approval of a pending promotion by the caller would count, and was not given yet."""
    version, actor = found.version, call.actor
    if not actor.principal_id or actor.person_id is None:
        return False
    where = {"namespace": version.namespace, "model": version.model, "stage": found.target}
    if not rules.may(actor, Permission.PROMOTION_APPROVE, **where):
        return False
    if any(one.person_id == actor.person_id and one.voided is None for one in found.approvals):
        return False
    rule = _rule(tx, found)
    if rule is None:
        return False
    roles, teams = standing.standing(tx, actor.principal_id, version.namespace, version.model, found.target)
    mine = Approval(actor.name, actor.principal_id, actor.person_id, APPROVED, "", call.now, roles=roles, teams=teams)
    facts = _facts(tx, call, found, mine)
    return any(counting(one, facts) for one in rule.approvals)


def _rule(tx: Tx, found: Promotion) -> Rule | None:
    policy = policies.in_force(tx, found.version.namespace_id)
    if found.kind == ALIAS:
        protected = policy.alias(found.target)
        return None if protected is None else protected.rule
    try:
        return policy.move(found.source, found.target).rule
    except (IllegalMove, Invalid):
        return None


def _facts(tx: Tx, call: Call, found: Promotion, mine: Approval) -> Facts:
    """Return the few facts that decide whose approvals count."""
    author = principals.by_name(tx, found.version.created_by)
    return Facts(
        candidate=Dossier(found.version, Provenance()),
        source=found.source,
        target=found.target,
        now=call.now,
        approvals=(mine,),
        author_id=None if author is None else author.person_id,
        requester_id=found.requester_id,
    )
