"""As whom would a link sign a browser in? Asked before it is used, which looking at it does not do.

Guesses count as those of ``use_link`` do: a word that is not known is a try.
"""

from __future__ import annotations

from holotype.access import links
from holotype.operations import use_link
from holotype.operations.call import Call
from holotype.operations.proving import check_pause, reserve


def show_link(call: Call, word: str, *, address: str = "") -> str:
    """Return the name of the user whom a link signs in, or raise ``Unauthenticated`` for one that signs nobody in."""
    counted = use_link.counters(address)
    with call.read() as tx:
        check_pause(tx, call, counted)
        token_id = links.maker(tx, word, call.now)
        if token_id is not None:
            return use_link.checked(tx, call, token_id)[1].name
    reserve(call, counted)
    raise use_link.refused()
