"""Which rules hold, which did, and what would others do? A policy is tried before it is applied."""

from __future__ import annotations

from dataclasses import dataclass, replace

from holotype.domain import built_in, names
from holotype.domain import digest as digests
from holotype.domain.permissions import Permission
from holotype.domain.policy import Policy
from holotype.errors import HolotypeError
from holotype.gateways.native.addresses import before, number
from holotype.governance.policies import Applied
from holotype.operations.apply_policy import apply_policy
from holotype.operations.checking_policies import checked
from holotype.operations.list_policies_in_force import list_policies_in_force
from holotype.operations.show_policy import list_policies, show_policy
from holotype.operations.try_policy import Report, try_policy
from holotype.web import places
from holotype.web.base import Page, Redirect, Visit, action, page
from holotype.web.differing import differing

_PAGE, _TRIED = 50, 20


@dataclass(frozen=True, slots=True)
class _Draft:
    """A policy that somebody writes: its text, why, which policy it shall replace, and what came of trying it.

    ``begun`` is where the page of versions begins that it was tried on; nothing for the newest.
    """

    text: str
    reason: str = ""
    expected: int | None = None
    report: Report | None = None
    why: HolotypeError | None = None
    begun: int | None = None

    @property
    def mark(self) -> str:
        """What shows, when it is applied, that this very text was tried."""
        return digests.of(self.text.encode()) if self.report is not None else ""


@page("/policies", permission=Permission.POLICY_READ)
def policies(request: Visit, *, after: str = "") -> Page:
    """List the namespaces with the policy that is in force in each."""
    found = list_policies_in_force(request.call, after=after, limit=_PAGE + 1)
    following = found[_PAGE - 1][0].name if len(found) > _PAGE else None
    return Page("policies.html", {"found": found[:_PAGE], "next": following})


@page("/policies/{namespace:str}", permission=Permission.POLICY_READ)
def policy(request: Visit, namespace: str) -> Page:
    """Show the policy in force in a namespace: its stages, its moves, what each asks for, and its text."""
    names.component(namespace, "namespace")
    found = show_policy(request.call, namespace)
    history = list_policies(request.call, namespace, limit=10)
    about = {
        "namespace": namespace,
        "applied": found,
        "policy": _read(found),
        "history": history,
        "in_force": True,
        "changes": [],
    }
    return Page("policy.html", about)


@page("/policies/{namespace:str}/versions", permission=Permission.POLICY_READ)
def versions(request: Visit, namespace: str, *, cursor: str | None = None) -> Page:
    """List the policies that were in force in a namespace."""
    names.component(namespace, "namespace")
    found = list_policies(request.call, namespace, before=before(cursor), limit=_PAGE + 1)
    following = str(found[_PAGE - 1].number) if len(found) > _PAGE else None
    return Page("policy_versions.html", {"namespace": namespace, "found": found[:_PAGE], "next": following})


@page("/policies/{namespace:str}/versions/{version:str}", permission=Permission.POLICY_READ)
def version(request: Visit, namespace: str, version: str) -> Page:
    """Show an earlier policy, and how it differs from the one before it."""
    names.component(namespace, "namespace")
    wanted = number(version, "policy")
    found = show_policy(request.call, namespace, number=wanted)
    earlier = show_policy(request.call, namespace, number=wanted - 1).text if wanted > 0 else ""
    now = show_policy(request.call, namespace).number
    about = {"namespace": namespace, "applied": found, "policy": _read(found), "in_force": now == wanted}
    return Page("policy.html", about | {"changes": differing(earlier, found.text), "history": []})


@page("/policies/{namespace:str}/edit", permission=Permission.POLICY_READ)
def edit(request: Visit, namespace: str, *, start: str | None = None) -> Page:
    """Let somebody write another policy, beginning with the one in force or a built-in one."""
    names.component(namespace, "namespace")
    found = show_policy(request.call, namespace)
    text = built_in.text(start) if start else found.text
    return _editor(request, namespace, _Draft(text, expected=found.number))


@action("/policies/{namespace:str}/try", permission=Permission.POLICY_READ)
def tried(
    request: Visit,
    namespace: str,
    *,
    text: str = "",
    reason: str = "",
    expected: int | None = None,
    cursor: int | None = None,
) -> Page:
    """Say what a policy would do, with how it differs from the one in force; nothing is changed."""
    return _editor(request, namespace, _tried(request, namespace, _Draft(text, reason, expected, begun=cursor)))


@action("/policies/{namespace:str}", permission=Permission.POLICY_WRITE)
def applied(
    request: Visit, namespace: str, *, text: str = "", reason: str = "", expected: int | None = None, mark: str = ""
) -> Page | Redirect:
    """Put a policy in force that was tried before; what was not is tried now instead."""
    draft = _tried(request, namespace, _Draft(text, reason, expected))
    if draft.why is not None or draft.mark != mark:
        return _editor(request, namespace, draft)
    try:
        made, changed = apply_policy(request.call, namespace, text, reason=reason, expected=expected)
    except HolotypeError as error:
        return _editor(request, namespace, _Draft(text, reason, expected, draft.report, error))
    said = f"Policy {made.number} is in force." if changed else "That policy is in force already."
    return Redirect(places.policy(namespace), said)


def _tried(request: Visit, namespace: str, draft: _Draft) -> _Draft:
    names.component(namespace, "namespace")
    try:
        report = try_policy(request.call, namespace, draft.text, before=draft.begun, limit=_TRIED)
    except HolotypeError as error:
        return replace(draft, why=error)
    return replace(draft, report=report)


def _editor(request: Visit, namespace: str, draft: _Draft) -> Page:
    now = show_policy(request.call, namespace)
    about = {"namespace": namespace, "draft": draft, "now_in_force": now, "built_in": built_in.NAMES, "tries": _TRIED}
    about["changes"] = differing(now.text, draft.text)
    return Page("policy_edit.html", about, status=200 if draft.why is None else 400)


def _read(found: Applied) -> Policy | None:
    """Return a policy taken apart, or nothing for one that this release cannot read any more."""
    try:
        return checked(found.text)
    except HolotypeError:
        return None


routes = [policies, policy, versions, version, edit, tried, applied]
