"""How are gates taken out of the way in an emergency? By name, for one move of one version, with a reason and an end.

1. The caller has the right, and the policy counts them among those who may in an emergency.
2. The policy has such a move, or a rollback may lead there, and it asks the gates that are named. What says that the
   bytes are there and that nobody recalled the version is never overridden; approvals may be.
3. It ends, no later than the policy allows.
4. The override is written as an event of its own. It moves nothing: who may promote does that, and it is told there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from holotype.access import rules, standing
from holotype.catalogue import versions
from holotype.db import Tx
from holotype.domain import names
from holotype.domain.entities import Override, Version
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.domain.policy import Policy, Rule
from holotype.domain.references import Reference
from holotype.errors import Denied, IllegalMove, Invalid
from holotype.governance import overrides, policies, promotions
from holotype.ledger import append
from holotype.operations import entries, locking, once
from holotype.operations.call import Call
from holotype.operations.judging import APPROVALS, NOT_QUARANTINED
from holotype.operations.rollback import ways_back

NEVER = frozenset({"bytes-held", NOT_QUARANTINED})
"""What no emergency overrides: a version without its bytes is none, and a recall is ended by a release."""


def open_override(
    call: Call, reference: Reference, target: str, gates: Sequence[str], *, reason: str, lasts: timedelta
) -> Override:
    """Take gates out of the way of a version's move to a stage or a protected alias, for a while."""
    where = {"namespace": reference.namespace, "model": reference.model, "stage": target}
    rules.require(call.actor, Permission.PROMOTION_OVERRIDE, **where)  # 1
    if not names.text(reason, "reason").strip():
        raise Invalid("An override needs a reason.", hint="Say in a few words why, with --reason.")
    wanted = tuple(dict.fromkeys(gates))
    mark = once.fingerprint("override", str(reference), target, wanted, reason, lasts.total_seconds())
    with call.write() as tx:
        done = once.recall(tx, call, mark)
        if done is not None:
            return overrides.there(tx, int(done))
        locking.lock(tx, reference)
        version = versions.find(tx, reference)
        policy = policies.in_force(tx, version.namespace_id)
        check_among(tx, call, version, target, policy)
        _check_gates(_rule(tx, policy, version, target), target, wanted)  # 2
        ends = _end(call, policy, lasts)  # 3
        made = overrides.insert(
            tx, version, target, wanted, reason=reason, ends_at=ends, by=call.actor.name, now=call.now
        )
        _record(tx, call, version, made)  # 4
        once.remember(tx, call, mark, str(made.id))
        return made


def check_among(tx: Tx, call: Call, version: Version, target: str, policy: Policy) -> None:
    """Raise ``Denied`` unless the policy counts the caller among those who may override gates."""
    actor, among = call.actor, policy.emergency.among
    roles, teams = standing.standing(tx, actor.principal_id or 0, version.namespace, version.model, target)
    roles = rules.borne(actor, roles, namespace=version.namespace, model=version.model, stage=target)
    if not actor.principal_id:  # on an open server everybody is an administrator
        roles = frozenset({"admin"})
    mine = {f"user:{actor.name}"} | {f"role:{role}" for role in roles} | {f"team:{team}" for team in teams}
    if among and mine.isdisjoint(among):
        raise Denied(
            f"The policy does not let {actor.name} override gates.",
            hint=f"In an emergency ask: {', '.join(among)}.",
            permission=Permission.PROMOTION_OVERRIDE.value,
            subject=rules.subject(version.namespace, version.model),
        )


def _rule(tx: Tx, policy: Policy, version: Version, target: str) -> Rule:
    protected = policy.alias(target) if target not in policy.stages else None
    if protected is not None:
        return protected.rule
    if target not in policy.stages:
        raise Invalid(f"{target[:80]!r} is neither a stage nor a protected alias.", hint=_stages(policy))
    try:
        return policy.move(version.stage, target).rule
    except IllegalMove as error:
        former = promotions.last_applied(tx, version.id, target) if policy.stages[target].single else None
        back = ways_back(policy, former, target) if former is not None and version.stage != target else []
        if back:  # no move, but a rollback may lead there
            return Rule(
                tuple(gate for way in back for gate in way.gates), tuple(one for way in back for one in way.approvals)
            )
        raise IllegalMove(error.detail, hint=f"{error.hint} An override makes no move legal.") from error


def _stages(policy: Policy) -> str:
    return f"Stages: {', '.join(policy.stages)}."


def _check_gates(rule: Rule, target: str, wanted: Sequence[str]) -> None:
    asked = [one.gate for one in rule.gates] + ([APPROVALS] if rule.approvals else [])
    open_to = [name for name in dict.fromkeys(asked) if name not in NEVER]
    hint = f"Gates that can be overridden: {', '.join(open_to)}." if open_to else "Nothing there can be overridden."
    if not wanted:
        raise Invalid("An override names the gates that it is about.", hint=hint)
    for name in wanted:
        if name in NEVER:
            more = " End the recall with `holotype release`." if name == NOT_QUARANTINED else ""
            raise Invalid(f"The gate {name} is never overridden.{more}", hint=hint)
        if name not in asked:
            raise Invalid(f"The way to {target} has no gate {name[:80]!r}.", hint=hint)


def _end(call: Call, policy: Policy, lasts: timedelta) -> datetime:
    longest = policy.emergency.longest
    if not timedelta() < lasts <= longest:
        raise Invalid(f"An override lasts up to {longest}, not {lasts}.", hint="Say how long, with --hours, such as 4.")
    return call.now + lasts


def _record(tx: Tx, call: Call, version: Version, made: Override) -> None:
    data: dict[str, object] = {
        "override": made.id,
        "to": made.target,
        "gates": list(made.gates),
        "reason": made.reason,
        "ends": made.ends_at.isoformat(),
    }
    entry = entries.about(version, Action.OVERRIDE_OPENED, data)
    append.append(tx, actor=call.actor, now=call.now, entries=[entry])
