"""The route that shows a promotion to who decides about it."""

from __future__ import annotations

from holotype.domain.permissions import Permission
from holotype.gateways.base import Request, call_of, get
from holotype.gateways.native.addresses import number
from holotype.gateways.native.promotions import PROMOTION
from holotype.gateways.perform import perform
from holotype.operations import review as reviewing
from holotype.wire import evidence, present, promotions
from holotype.wire.reviews import Asked, Review

_HOUR = 3_600


@get(PROMOTION + "/review", permission=Permission.MODEL_READ)
async def review(request: Request, promotion: str) -> Review:
    """Show what somebody needs who decides about a promotion, and what the caller may do about it.

    `cannot` says why not, for each of approve, reject, withdraw, override, apply and comment; the others they may.
    """
    return _shape(await perform(reviewing.review, call_of(request), number(promotion, "promotion")))


def _shape(found: reviewing.Review) -> Review:
    reference = found.promotion.version.reference
    return Review(
        promotion=present.promotion(found.promotion),
        incumbent=None if found.incumbent is None else found.incumbent.reference,
        evidence=[evidence.of(one, reference) for one in found.evidence],
        asked=[
            Asked(one.rule.count, list(one.rule.among), sorted(one.rule.exclude), list(one.given))
            for one in found.asked
        ],
        overrides=[promotions.of(one) for one in found.overrides],
        open_to=list(found.open_to),
        longest=found.longest.total_seconds() / _HOUR,
        cannot=dict(found.cannot),
    )


routes = [review]
