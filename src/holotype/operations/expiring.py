"""What happens to a request that nobody decided in time? Shared by the worker and by who comes too late."""

from __future__ import annotations

from holotype.db import Tx
from holotype.domain.entities import Version
from holotype.domain.events import Action
from holotype.governance.promotions import EXPIRED, Request
from holotype.operations import reconsidering
from holotype.operations.call import Call


def expired(tx: Tx, call: Call, request: Request, version: Version) -> bool:
    """End a request whose time is over, and say whether it is."""
    if request.expires_at is None or request.expires_at > call.now:
        return False
    note = f"Nobody decided by {request.expires_at:%Y-%m-%d %H:%M} UTC."
    reconsidering.end(tx, call, request, version, EXPIRED, Action.PROMOTION_EXPIRED, note)
    return True
