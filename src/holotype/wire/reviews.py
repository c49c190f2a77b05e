"""What does a promotion look like to who decides about it?"""

from __future__ import annotations

from holotype.wire.base import Response
from holotype.wire.evidence import Evidence
from holotype.wire.promotions import Override
from holotype.wire.shapes import Promotion


class Asked(Response):
    """How many have to approve, from among whom, who of them does not count, and who has approved so far."""

    count: int
    among: list[str]
    exclude: list[str]
    given: list[str]


class Review(Response):
    """A promotion as who decides about it sees it.

    ``incumbent`` holds the target that the version would come to. ``cannot`` says, for each of approve, reject,
    withdraw, override, apply and comment, why the caller may not; what is not there they may. An override is of gates
    in ``open_to``, for ``longest`` hours at most.
    """

    promotion: Promotion
    incumbent: str | None
    evidence: list[Evidence]
    asked: list[Asked]
    overrides: list[Override]
    open_to: list[str]
    longest: float
    cannot: dict[str, str]
