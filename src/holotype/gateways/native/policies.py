"""The routes about policies: read those of a namespace, apply one, and try one before."""

from __future__ import annotations

from typing import Any

from holotype.domain import names
from holotype.domain.permissions import Permission
from holotype.gateways.base import Reply, Request, call_of, get, post
from holotype.gateways.native.addresses import PAGE, before, checked, number, page, tagged
from holotype.gateways.perform import perform
from holotype.governance.policies import Applied
from holotype.operations.apply_policy import apply_policy
from holotype.operations.show_policy import list_policies, show_policy
from holotype.operations.try_policy import Trial, try_policy
from holotype.wire import policy as shapes
from holotype.wire.shapes import Page, Verdict

NAMESPACE = "/api/v1/namespaces/{namespace:str}"


@get(NAMESPACE + "/policy", permission=Permission.POLICY_READ, also={304: "The caller has it already."})
async def policy_in_force(request: Request, namespace: str) -> Reply[shapes.Policy]:
    """Show the policy in force in a namespace; 0 is the number of the built-in one."""
    found = await perform(show_policy, call_of(request), _checked(namespace))
    return tagged(request, _policy(namespace, found))


@get(NAMESPACE + "/policies", permission=Permission.POLICY_READ)
async def policies(
    request: Request, namespace: str, limit: int = PAGE, cursor: str | None = None
) -> Page[shapes.Policy]:
    """List the policies that were in force in a namespace, the newest first."""
    asked = checked(limit) + 1
    found = await perform(list_policies, call_of(request), _checked(namespace), before=before(cursor), limit=asked)
    return page(found, limit, lambda one: _policy(namespace, one), lambda one: str(one.number))


@get(NAMESPACE + "/policies/{policy:str}", permission=Permission.POLICY_READ)
async def policy(request: Request, namespace: str, policy: str) -> shapes.Policy:
    """Show one policy of a namespace by its number."""
    wanted = number(policy, "policy")
    return _policy(namespace, await perform(show_policy, call_of(request), _checked(namespace), number=wanted))


@post(NAMESPACE + "/policies", permission=Permission.POLICY_WRITE)
async def new_policy(request: Request, namespace: str, body: shapes.NewPolicy) -> shapes.AppliedPolicy:
    """Put a policy in force, whole or not at all; the text that is in force already changes nothing."""
    given: dict[str, Any] = {"reason": body.reason, "expected": body.expected}
    applied, changed = await perform(apply_policy, call_of(request), _checked(namespace), body.text, **given)
    return shapes.AppliedPolicy(_policy(namespace, applied), changed)


@post(NAMESPACE + "/policy-tests", permission=Permission.POLICY_READ)
async def new_policy_test(request: Request, namespace: str, body: shapes.NewPolicyTest) -> shapes.PolicyTest:
    """Say which versions would pass or fail which move under a policy; nothing is changed."""
    given: dict[str, Any] = {"model": body.model, "before": before(body.cursor), "limit": checked(body.limit)}
    found = await perform(try_policy, call_of(request), _checked(namespace), body.text, **given)
    following = None if found.after is None else str(found.after)
    return shapes.PolicyTest(list(found.obstacles), [_trial(one) for one in found.trials], following)


def _checked(namespace: str) -> str:
    return names.component(namespace, "namespace")


def _policy(namespace: str, one: Applied) -> shapes.Policy:
    return shapes.Policy(namespace, one.number, one.digest, one.text, one.reason, one.created_at, one.created_by)


def _trial(one: Trial) -> shapes.Trial:
    said = [Verdict(v.gate, v.status, v.reason, v.remedy, v.override) for v in one.verdicts]
    return shapes.Trial(one.version.reference, one.version.stage, one.target, one.passed, one.automatic, said)


routes = [policy_in_force, policies, policy, new_policy, new_policy_test]
