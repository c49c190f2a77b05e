"""What does it look like on the wire how a version stands?"""

from __future__ import annotations

from holotype.wire.base import Response
from holotype.wire.promotions import Override
from holotype.wire.recall import Quarantine
from holotype.wire.shapes import Promotion


class Way(Response, omit_defaults=True):
    """A move that the policy has for a version: its gates, and how many persons have to approve it.

    ``lacks`` is the permission that the caller would need to ask for it, ``waiting`` the promotion that does already.
    """

    target: str
    gates: list[str] = []
    approvals: int = 0
    automatic: bool = False
    lacks: str | None = None
    waiting: int | None = None


class Situation(Response):
    """What is around a version: where it may go under the policy of that number, and what holds it or was asked for.

    ``before``, ``after`` and ``production`` are numbers of versions of its model, ``promotions`` the last about it,
    ``evidence`` how much there is of each type, ``protected`` the aliases that move by promotion alone.
    """

    version: str
    policy: int
    before: int | None
    after: int | None
    production: int | None
    ways: list[Way]
    quarantines: list[Quarantine]
    overrides: list[Override]
    promotions: list[Promotion]
    evidence: dict[str, int]
    protected: list[str]
    holding: bool
