"""How does a person sign in with a password? They prove it, as `proving` says, and get a token that ends."""

from __future__ import annotations

from holotype.access import attempts
from holotype.db import Tx
from holotype.domain.entities import Principal
from holotype.domain.sign_in import SignedIn
from holotype.operations import issuing
from holotype.operations.call import Call
from holotype.operations.proving import PASSWORD, proven


def sign_in(call: Call, name: str, password: str, *, address: str = "") -> SignedIn:
    """Return a token of a user for their password, or raise ``Unauthenticated`` or ``TooMany``."""

    def then(tx: Tx, user: Principal, _kept: str) -> SignedIn:
        seconds = call.registry.settings.sign_in_lifetime
        told: dict[str, object] = {"address": attempts.network(address)}
        return issuing.issue(tx, call, user, origin=PASSWORD, seconds=seconds, data=told)

    return proven(call, name, password, address, then)
