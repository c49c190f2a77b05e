"""What was asked for, and what does somebody need who decides about it?

A page shows one promotion like a review: what moves where and why, what every gate says, the comparison with the
version that it would replace, what was said, and what the visitor may do, or why not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from holotype.domain import references
from holotype.domain.entities import Version
from holotype.domain.permissions import Permission
from holotype.errors import HolotypeError
from holotype.gateways import problems
from holotype.gateways.native.addresses import before, number
from holotype.governance.promotions import STATUSES
from holotype.operations.compare import compare
from holotype.operations.list_comments import list_comments
from holotype.operations.list_promotions import Found, Wanted, list_promotions
from holotype.operations.review import Review, review
from holotype.web import comparisons, streaming
from holotype.web.base import Page, Visit, page
from holotype.web.comparisons import Section
from holotype.web.discussions import discussion
from holotype.web.refusals import noted

_PAGE, _COMMENTS, _LINES = 50, 50, 12


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody typed into the forms of a promotion, and why it was not taken."""

    comment: str = ""
    reason: str = ""
    hours: str = ""
    gates: tuple[str, ...] = ()
    why: HolotypeError | None = None


@page("/promotions", permission=Permission.MODEL_READ)
def promotions(
    request: Visit, *, status: str = "", namespace: str = "", model: str = "", cursor: str | None = None
) -> Page:
    """List promotions, the newest first."""
    asked = {"status": status, "namespace": namespace.strip(), "model": model.strip()}
    found, why = Found([], None), None
    try:
        found = list_promotions(request.call, _wanted(asked), before=before(cursor), limit=_PAGE)
    except HolotypeError as error:
        why = noted(request, error)
    about = {"found": found, "asked": asked, "why": why, "statuses": STATUSES}
    return Page("promotions.html", about, status=200 if why is None else problems.status_of(why))


@page("/promotions/{promotion:str}", permission=Permission.MODEL_READ)
def promotion(request: Visit, promotion: str, *, earlier: str | None = None) -> Page:
    """Show a promotion."""
    return shown(request, number(promotion, "promotion"), earlier=earlier)


def shown(request: Visit, identifier: int, draft: Draft | None = None, *, earlier: str | None = None) -> Page:
    """Return the page of a promotion, with what somebody typed if it was not taken."""
    draft = draft or Draft()
    after = streaming.head(request.call)
    found = review(request.call, identifier)
    comments = list_comments(request.call, identifier, before=before(earlier), limit=_COMMENTS + 1)
    about: dict[str, object] = {
        "after": after,
        "review": found,
        "promotion": found.promotion,
        "said": discussion(found.promotion, comments[:_COMMENTS]),
        "earlier": comments[_COMMENTS - 1].id if len(comments) > _COMMENTS else None,
        "draft": draft,
        "here": f"/promotions/{identifier}",
    }
    about |= _compared(request, found)
    return Page("promotion.html", about, status=200 if draft.why is None else problems.status_of(draft.why))


def _wanted(asked: dict[str, str]) -> Wanted:
    """Return the conditions of an address; a model without a namespace is one of the namespace beside it."""
    namespace, model = asked["namespace"] or None, None
    if asked["model"]:
        named = references.parse_model(
            asked["model"] if "/" in asked["model"] or not namespace else f"{namespace}/{asked['model']}"
        )
        namespace, model = named.namespace, named.model
    return Wanted(status=asked["status"] or None, namespace=namespace, model=model)


def _compared(request: Visit, found: Review) -> dict[str, object]:
    """Return the comparison with the version that is, or was, replaced."""
    if found.incumbent is None:
        return {"sections": None}
    beside = [found.incumbent, found.promotion.version]
    try:
        made = compare(request.call, [references.parse_version(one.reference) for one in beside])
    except HolotypeError as error:  # one of them was deleted
        return {"sections": None, "incomparable": error}
    sections = [_short(one) for one in comparisons.sections(made, [one.size for one in beside])]
    return {"sections": sections, "beside": beside, "labels": _labels(beside)}


def _labels(beside: list[Version]) -> list[str]:
    return comparisons.labels(beside)


def _short(section: Section) -> Section:
    """Return the first lines of a section; the page about comparing has them all."""
    return replace(section, lines=section.lines[:_LINES], left=section.left + max(0, len(section.lines) - _LINES))


routes = [promotions, promotion]
