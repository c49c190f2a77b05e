"""How does somebody decide about a promotion on its page, write to it, take it back, or override gates?

What was typed stays in its form when it is not taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from holotype.domain import references
from holotype.domain.entities import Promotion
from holotype.domain.permissions import Permission
from holotype.errors import HolotypeError, Invalid
from holotype.gateways.native.addresses import number
from holotype.governance.promotions import ALIAS, APPLIED, PENDING
from holotype.operations import comment as commenting
from holotype.operations.approve import approve
from holotype.operations.close_override import close_override
from holotype.operations.open_override import open_override
from holotype.operations.promote import promote
from holotype.operations.reject import reject
from holotype.operations.show_promotion import show_promotion
from holotype.operations.withdraw import withdraw
from holotype.web import places
from holotype.web.base import Page, Redirect, Visit, action
from holotype.web.pages.promotions import Draft, shown
from holotype.web.refusals import noted


@action("/promotions/{promotion:str}/approve", permission=Permission.PROMOTION_APPROVE)
def approved(request: Visit, promotion: str, *, comment: str = "") -> Page | Redirect:
    """Approve a promotion."""
    return _decided(request, promotion, lambda one: approve(request.call, one, comment=comment), Draft(comment))


@action("/promotions/{promotion:str}/reject", permission=Permission.PROMOTION_APPROVE)
def rejected(request: Visit, promotion: str, *, comment: str = "") -> Page | Redirect:
    """Reject a promotion, with a comment."""
    return _decided(request, promotion, lambda one: reject(request.call, one, comment=comment), Draft(comment))


@action("/promotions/{promotion:str}/withdraw", permission=Permission.PROMOTION_REQUEST)
def withdrawn(request: Visit, promotion: str, *, comment: str = "") -> Page | Redirect:
    """Take a promotion back."""
    return _decided(request, promotion, lambda one: withdraw(request.call, one, comment=comment), Draft(comment))


@action("/promotions/{promotion:str}/comment", permission=Permission.PROMOTION_REQUEST)
def commented(request: Visit, promotion: str, *, comment: str = "") -> Page | Redirect:
    """Write a comment to a promotion."""
    identifier = number(promotion, "promotion")
    try:
        commenting.comment(request.call, identifier, comment)
    except HolotypeError as error:
        return shown(request, identifier, Draft(comment, why=noted(request, error)))
    return Redirect(f"{places.promotion(identifier)}#decide")


@action("/promotions/{promotion:str}/apply", permission=Permission.VERSION_PROMOTE)
def applied(request: Visit, promotion: str) -> Page | Redirect:
    """Carry a promotion out that nothing stands in the way of any more."""

    def carry_out(identifier: int) -> Promotion:
        found = show_promotion(request.call, identifier)
        return promote(request.call, references.parse_version(found.version.reference), found.target)

    return _decided(request, promotion, carry_out, Draft())


@action("/promotions/{promotion:str}/override", permission=Permission.PROMOTION_OVERRIDE)
def overridden(
    request: Visit, promotion: str, *, gate: list[str] | None = None, reason: str = "", hours: str = ""
) -> Page | Redirect:
    """Take gates out of the way of a promotion for some hours, with a reason."""
    identifier, draft = number(promotion, "promotion"), Draft("", reason, hours, tuple(gate or ()))
    found = show_promotion(request.call, identifier)
    where = references.parse_version(found.version.reference)
    try:
        lasts = _hours(hours)
        made = open_override(request.call, where, found.target, draft.gates, reason=reason, lasts=lasts)
    except HolotypeError as error:
        return shown(request, identifier, replace(draft, why=noted(request, error)))
    return Redirect(places.promotion(identifier), f"Overridden: {', '.join(made.gates)}. It moves nothing by itself.")


@action("/overrides/{override:str}/close", permission=Permission.PROMOTION_OVERRIDE)
def closed(request: Visit, override: str, *, promotion: str = "") -> Redirect:
    """Close an override: its gates stand in the way again."""
    ended = close_override(request.call, number(override, "override"))
    place = places.promotion(number(promotion, "promotion")) if promotion else places.version(ended.version)
    return Redirect(place, f"Closed: {', '.join(ended.gates)} stands in the way again.")


def _decided(request: Visit, promotion: str, decide: Callable[[int], Promotion], draft: Draft) -> Page | Redirect:
    identifier = number(promotion, "promotion")
    try:
        found = decide(identifier)
    except HolotypeError as error:
        return shown(request, identifier, replace(draft, why=noted(request, error)))
    return Redirect(places.promotion(identifier), _said(found))


def _said(found: Promotion) -> str:
    """Return in a sentence what became of a promotion."""
    if found.status == APPLIED:
        done = "{target} names {version} now." if found.kind == ALIAS else "{version} is in {target} now."
        return done.format(version=found.version.reference, target=found.target)
    if found.status == PENDING:
        return found.note or "Your approval counts. It waits for others."
    return f"It is {found.status}{f': {found.note}' if found.note else '.'}"


def _hours(text: str) -> timedelta:
    try:
        return timedelta(hours=float(text))
    except (ValueError, OverflowError):
        raise Invalid(f"{text[:40]!r} is no number of hours.", hint="Say how long, such as 4.") from None


routes = [approved, rejected, withdrawn, commented, applied, overridden, closed]
