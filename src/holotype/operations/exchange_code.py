"""How does the process that began a sign-in get its token? For the code that the browser brought, and what it kept."""

from __future__ import annotations

import hmac

from holotype.access import flows, principals
from holotype.domain.sign_in import SignedIn
from holotype.errors import Unauthenticated
from holotype.operations import issuing
from holotype.operations.call import Call
from holotype.operations.finish_oidc import OIDC
from holotype.operations.start_oidc import challenge_of


def exchange_code(call: Call, code: str, verifier: str) -> SignedIn:
    """Return a token for a code and the PKCE verifier of who began; the code is used up, whatever comes of it."""
    with call.write() as tx:
        found = flows.take(tx, code, call.now)
        user = principals.by_id(tx, found[0]) if found is not None else None
        if found is not None and user is not None and hmac.compare_digest(challenge_of(verifier), found[1]):
            return issuing.issue(tx, call, user, origin=OIDC, seconds=call.registry.settings.sign_in_lifetime)
    issuing.record_refusal(call, issuing.UNKNOWN, by=OIDC, why="wrong or used code")
    raise Unauthenticated("This sign-in is over.", hint="Run `holotype login` again.")
