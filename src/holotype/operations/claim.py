"""Whose turn is a piece of background work? Of whichever server process asks first in each period."""

from __future__ import annotations

from holotype.access import rules
from holotype.db import leases
from holotype.domain.permissions import Permission
from holotype.operations.call import Call


def claim(call: Call, work: str, holder: str, seconds: float) -> bool:
    """Claim a piece of work for a period; false while it is claimed by another process."""
    rules.require(call.actor, Permission.ADMIN_OPERATE)
    with call.write() as tx:
        return leases.hold(tx, f"work:{work}", holder, call.now, seconds)
