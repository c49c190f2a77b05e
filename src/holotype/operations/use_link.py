"""How does a link sign a browser in? Its word is used up, and the token that made it must still work.

The session that begins may what that token may, ends no later, and is revoked with it.
"""

from __future__ import annotations

from holotype.access import attempts, links, principals, tokens
from holotype.access.attempts import Counter
from holotype.db import Tx
from holotype.domain.entities import Principal, Token
from holotype.domain.sign_in import SignedIn
from holotype.errors import Unauthenticated
from holotype.operations import issuing
from holotype.operations.call import Call
from holotype.operations.proving import check_pause, reserve

ORIGIN = "link"


def use_link(call: Call, word: str, *, address: str = "") -> SignedIn:
    """Sign somebody in by a link, or raise ``Unauthenticated`` for one that is not known, was used, or is over."""
    counted = counters(address)
    with call.read() as tx:
        check_pause(tx, call, counted)
        known = links.maker(tx, word, call.now)
    if known is None:
        reserve(call, counted)
        raise refused()
    with call.write() as tx:
        token_id = links.take(tx, word, call.now)
        if token_id is None:
            raise refused()
        token, user, seconds = checked(tx, call, token_id)
        role, scope = links.parts_of(tx, token.id)
        origin = f"{ORIGIN}:{token.id}"
        return issuing.issue(tx, call, user, origin=origin, seconds=seconds, role=role, scope=scope)


def counters(address: str) -> list[Counter]:
    """Return where the tries of a network are counted, so that nobody guesses words."""
    return [Counter(f"link {attempts.network(address)}", 20, 300)]


def checked(tx: Tx, call: Call, token_id: str) -> tuple[Token, Principal, int]:
    """Return the token that made a link, whose it is, and how many seconds a session of it lasts."""
    token, principal_id = tokens.get(tx, token_id)
    user = principals.by_id(tx, principal_id)
    left = call.registry.settings.sign_in_lifetime
    if token.expires_at is not None:
        left = min(left, int((token.expires_at - call.now).total_seconds()))
    if token.revoked_at is not None or left <= 0 or user is None:
        raise refused()
    return token, user, left


def refused() -> Unauthenticated:
    """Return the error for a link that signs nobody in, the same whatever the reason is."""
    return Unauthenticated("This link is not known, was used, or is over.", hint="Make another: `holotype open`.")
