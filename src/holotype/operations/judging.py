"""What do the gates say about a move that somebody wishes for? Shared by all verbs that ask, first or again.

    Wish       a version, where it is, where it shall go, and the rule that the policy in force has for that
    Judgement  the verdicts, what they rest on, and which approvals count

Beside what the rule says, a version in quarantine goes nowhere but out: to ``none``, or to where replaced versions go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from holotype.access import standing
from holotype.catalogue import labels, versions
from holotype.db import Tx
from holotype.domain.entities import Approval, Verdict, Version
from holotype.domain.permissions import ROLES, Permission
from holotype.domain.policy import GateUse, Policy, Rule
from holotype.errors import IllegalMove, Invalid
from holotype.gates.facts import Facts
from holotype.governance import approvals, overrides
from holotype.governance.approvals import Decision
from holotype.governance.promotions import ALIAS, STAGE, Request
from holotype.operations import asking, facts
from holotype.operations.call import Call
from holotype.operations.moving import is_way_out

APPROVALS, NOT_QUARANTINED = "approvals", "not-quarantined"
_NOBODY = -1
"""Who asked where nobody was known, on an open server: none of the persons who may approve."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A version, the move that is wished for, and its rule in the policy in force. ``requester_id`` is a person."""

    version: Version
    kind: str
    source: str
    target: str
    rule: Rule
    policy: Policy
    requester_id: int | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What every gate says, the evidence that this rests on, and the version that holds the target now."""

    verdicts: tuple[Verdict, ...]
    facts: Facts

    @property
    def evidence(self) -> tuple[int, ...]:
        """The ids of the evidence that the gates could see."""
        return tuple(one.id for one in self.facts.candidate.evidence)

    @property
    def incumbent_id(self) -> int | None:
        """The version that holds the target now."""
        return None if self.facts.incumbent is None else self.facts.incumbent.version.id

    @property
    def passed(self) -> bool:
        """Whether nothing stands in the way."""
        return all(one.passed for one in self.verdicts)

    @property
    def against(self) -> tuple[Verdict, ...]:
        """What stands in the way, approvals aside."""
        return tuple(one for one in self.verdicts if not one.passed and one.gate != APPROVALS)


def wished(tx: Tx, version: Version, target: str, policy: Policy, requester_id: int | None) -> Wish:
    """Return the wish to bring a version to a stage or a protected alias, or raise where the policy has no such way."""
    if target not in policy.stages and policy.alias(target) is not None:
        return to_alias(tx, version, target, policy, requester_id)
    return to_stage(version, target, policy, requester_id)


def to_stage(version: Version, target: str, policy: Policy, requester_id: int | None) -> Wish:
    """Return the wish to move a version to a stage, or raise ``IllegalMove`` where the policy has no such move."""
    move = policy.move(version.stage, target)
    return Wish(version, STAGE, version.stage, target, move.rule, policy, requester_id)


def to_alias(tx: Tx, version: Version, alias: str, policy: Policy, requester_id: int | None) -> Wish:
    """Return the wish to let a protected alias name a version, or raise ``IllegalMove`` where there is none to have."""
    protected = policy.alias(alias)
    if protected is None:
        raise IllegalMove(f"The policy does not protect the alias {alias}.", hint="Set it with `holotype alias set`.")
    named = labels.alias(tx, version.model_id, alias)
    if named == version.id:
        raise IllegalMove(f"{alias} names {version.reference} already.", hint="Nothing was changed.")
    before = str(versions.by_ids(tx, [named])[0].number) if named is not None else ""
    return Wish(version, ALIAS, before, alias, protected.rule, policy, requester_id)


def again(tx: Tx, request: Request, version: Version, policy: Policy) -> Wish | str:
    """Return what a request that was made earlier wishes for now, or in a sentence why it can be no more."""
    if version.deleted_at is not None:
        return f"{version.reference} was deleted."
    requester = request.requester_id or _NOBODY
    if request.kind == STAGE and version.stage != request.source:
        return f"{version.reference} is in {version.stage} now, not in {request.source}."
    try:
        if request.kind == ALIAS:
            return to_alias(tx, version, request.target, policy, requester)
        return to_stage(version, request.target, policy, requester)
    except (IllegalMove, Invalid) as error:
        return error.detail


def judge(tx: Tx, call: Call, wish: Wish, given: Sequence[Approval] = (), *, rollback: bool = False) -> Judgement:
    """Ask every gate of a wish; ``given`` are the approvals that count, with what the approvers are now."""
    version, rule = wish.version, guarded(wish)
    found = facts.gather(
        tx,
        call,
        version,
        source=wish.source,
        target=wish.target,
        kind=wish.kind,
        policy=wish.policy,
        rule=rule,
        approvals=given,
        requester_id=wish.requester_id,
    )
    open_now = overrides.in_force(tx, version.id, wish.target, call.now)
    return Judgement(asking.ask(found, rule, open_now, rollback=rollback), found)


def guarded(wish: Wish) -> Rule:
    """Return the rule of a wish with the gate that no policy can leave out: a recalled version only moves out."""
    asked = {one.gate for one in wish.rule.gates}
    free = wish.version.quarantined_at is None or is_way_out(wish.policy, wish.kind, wish.target)
    if free or NOT_QUARANTINED in asked:
        return wish.rule
    return replace(wish.rule, gates=(*wish.rule.gates, GateUse(NOT_QUARANTINED)))


def approvals_of(tx: Tx, request: Request, version: Version, policy: Policy) -> list[Approval]:
    """Return the approvals of a request that still stand, with what their givers are on the model now."""
    decisions = approvals.of(tx, [request.id])[request.id]
    return with_standing(tx, [one for one in decisions if one.counts(policy.number)], version, request.target)


def with_standing(tx: Tx, decisions: Sequence[Decision], version: Version, target: str) -> list[Approval]:
    """Return those approvals whose givers may still approve there, with the roles and teams that they have now."""
    found = []
    for decision in decisions:
        given = decision.approval
        where = version.namespace, version.model, target
        roles, teams = standing.standing(tx, given.principal_id, *where, person_id=given.person_id)
        if any(Permission.PROMOTION_APPROVE in ROLES.get(role, ()) for role in roles):
            found.append(replace(given, roles=roles, teams=teams))
    return found


def judge_request(
    tx: Tx, call: Call, request: Request, version: Version, policy: Policy
) -> tuple[Wish, Judgement] | str:
    """Ask the gates of a request again, or say in a sentence why the request can be no more."""
    found = again(tx, request, version, policy)
    if isinstance(found, str):
        return found
    return found, judge(tx, call, found, approvals_of(tx, request, version, policy))
