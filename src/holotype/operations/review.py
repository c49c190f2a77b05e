"""What does somebody need who decides about a promotion?

1. The promotion, with the overrides that are in force counted into its verdicts.
2. The version that it would replace, and the evidence that the verdicts rest on.
3. Who is asked to approve, and whose approvals count now.
4. What the caller may do about it, and in a sentence why not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from holotype.access import principals, rules
from holotype.catalogue import versions
from holotype.db import Tx
from holotype.domain.entities import Evidence, Override, Promotion, Verdict, Version
from holotype.domain.permissions import Permission
from holotype.domain.policy import ApprovalRule, Policy
from holotype.domain.provenance import Provenance
from holotype.errors import Denied
from holotype.gates.approvals import counting
from holotype.gates.base import OVERRIDDEN
from holotype.gates.facts import Dossier, Facts
from holotype.governance import evidence, overrides, policies
from holotype.governance.promotions import PENDING, Request
from holotype.operations import judging, requests
from holotype.operations.call import Call
from holotype.operations.open_override import NEVER, check_among
from holotype.operations.waiting import NOBODY, Approver, case_of, rules_of
from holotype.operations.withdraw import check_may_withdraw

_EVIDENCE = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """One rule of the policy about approvals, and the principals whose approvals count for it now."""

    rule: ApprovalRule
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """A promotion as who decides about it sees it.

    ``incumbent`` held the target when the verdicts were made. ``cannot`` says, for each of approve, reject, withdraw,
    override, apply and comment, why the caller may not; what is not there they may. To ``apply`` is to carry out what
    nothing stands in the way of. ``longest`` bounds an override of one of the gates in ``open_to``.
    """

    promotion: Promotion
    incumbent: Version | None = None
    evidence: tuple[Evidence, ...] = ()
    asked: tuple[Asked, ...] = ()
    overrides: tuple[Override, ...] = ()
    open_to: tuple[str, ...] = ()
    longest: timedelta = timedelta()
    cannot: Mapping[str, str] = field(default_factory=dict)


def review(call: Call, identifier: int) -> Review:
    """Return what the caller needs to decide about a promotion."""
    with call.read() as tx:
        request, version = requests.seen(tx, call, identifier)
        found = requests.whole(tx, [request])[0]
        approver, policy = Approver(tx, call), policies.in_force(tx, request.namespace_id)
        if request.status == PENDING:
            out = overrides.in_force(tx, version.id, request.target, call.now)
            found = replace(found, verdicts=tuple(_overridden(one, out) for one in found.verdicts))  # 1
        return Review(
            promotion=found,
            incumbent=_incumbent(tx, request),  # 2
            evidence=tuple(evidence.named(tx, sorted(request.evidence)[-_EVIDENCE:])),
            asked=tuple(_asked(tx, call, request, found, policy)),  # 3
            overrides=tuple(one for one in overrides.of_version(tx, version.id) if one.target == request.target),
            open_to=tuple(one.gate for one in found.verdicts if not one.passed and one.gate not in NEVER),
            longest=policy.emergency.longest,
            cannot={name: why for name, why in _reasons(tx, call, request, found, approver, policy) if why},  # 4
        )


def _overridden(verdict: Verdict, out: Mapping[str, int]) -> Verdict:
    if verdict.passed or verdict.gate not in out:
        return verdict
    return replace(verdict, status=OVERRIDDEN, override=out[verdict.gate])


def _incumbent(tx: Tx, request: Request) -> Version | None:
    held_by = request.replaced_id or request.incumbent_id
    found = versions.by_ids(tx, [held_by]) if held_by is not None else []
    return found[0] if found and found[0].id != request.version_id else None


def _asked(tx: Tx, call: Call, request: Request, found: Promotion, policy: Policy) -> Iterator[Asked]:
    if request.status != PENDING:
        return
    given = judging.approvals_of(tx, request, found.version, policy)
    author = principals.by_name(tx, found.version.created_by)
    facts = Facts(
        candidate=Dossier(found.version, Provenance()),
        source=found.source,
        target=found.target,
        now=call.now,
        approvals=tuple(given),
        author_id=None if author is None else author.person_id,
        requester_id=request.requester_id,
    )
    for rule in rules_of(policy, case_of(found)):
        yield Asked(rule, tuple(one.principal for one in counting(rule, facts)))


def _reasons(
    tx: Tx, call: Call, request: Request, found: Promotion, approver: Approver, policy: Policy
) -> Iterator[tuple[str, str]]:
    version, about = found.version, f"{found.version.namespace}/{found.version.model}"
    over = f"It is {found.status}." if found.status != PENDING else ""

    def lacks(permission: Permission) -> str:
        where = {"namespace": version.namespace, "model": version.model, "stage": found.target}
        return "" if rules.may(call.actor, permission, **where) else rules.needs(permission, about)

    def refused(check: Callable[[], None]) -> str:
        try:
            check()
        except Denied as error:
            return error.detail
        return ""

    unknown = "" if call.actor.principal_id else NOBODY
    stands = next((f"The gate {one.gate} does not pass." for one in found.verdicts if not one.passed), "")
    among = lacks(Permission.PROMOTION_OVERRIDE) or refused(
        lambda: check_among(tx, call, version, found.target, policy)
    )
    yield "approve", over or approver.hindered(found)
    yield "reject", over or unknown or lacks(Permission.PROMOTION_APPROVE)
    yield "withdraw", over or refused(lambda: check_may_withdraw(call, request, version))
    yield "override", over or among
    yield "apply", over or stands or lacks(Permission.VERSION_PROMOTE)
    yield "comment", lacks(Permission.PROMOTION_REQUEST)
