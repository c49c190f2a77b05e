"""How does a terminal that is signed in sign a browser in? With a link that works once, and for five minutes.

The session that it begins may what the token may that made it, and ends with it.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from holotype.access import links, rules, secrets
from holotype.domain.permissions import Permission
from holotype.domain.sign_in import Link
from holotype.errors import Denied
from holotype.operations.call import Call

LIFETIME = timedelta(minutes=5)
PLACE = "/sign-in/link"


def create_link(call: Call) -> Link:
    """Make a link that signs a browser in as the caller."""
    rules.require_somewhere(call.actor, Permission.TOKEN_WRITE)
    if call.actor.token_id is None:
        raise Denied("A link is made by somebody who is signed in with a token.", hint="Run `holotype login` first.")
    word, ends = secrets.new_word(), call.now + LIFETIME
    with call.write() as tx:
        links.put(tx, word, call.actor.token_id, ends)
    return Link(f"{PLACE}?{urlencode({'word': word})}", ends)
