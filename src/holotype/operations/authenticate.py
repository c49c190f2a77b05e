"""Who is behind a token? Asked for every request, so that a revoked token ends at once on every server."""

from __future__ import annotations

from holotype.access import bearers
from holotype.domain.entities import Actor
from holotype.operations.call import Call


def authenticate(call: Call, secret: str) -> Actor:
    """Return the bearer of a secret with everything that they may, or raise ``Unauthenticated``."""
    stamp = call.registry.database.stamp()
    with call.read() as tx:
        return bearers.bearer(tx, secret, call.now, stamp)
