"""How does a refusal enter the ledger? In a transaction of its own, once a minute for the same refusal.

Whoever tries the same door a thousand times is written down once a minute by each server process, so that a scanner
can neither fill the disk nor keep the one writer busy.
"""

from __future__ import annotations

import threading
import time

from holotype.domain.events import Action
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations.call import Call

_SECONDS = 60.0
_REMEMBERED = 4_096
_SUBJECT_LIMIT = 300

_seen: dict[tuple[int, str, str, str], float] = {}
_guarding = threading.Lock()


def record_denial(call: Call, permission: str, subject: str) -> bool:
    """Write down that the caller was refused, and return whether it was new enough to be written."""
    if not fresh((id(call.registry.database), call.actor.name, permission, subject)):
        return False
    data: dict[str, object] = {"permission": permission}
    if call.actor.token_id is not None:
        data["token"] = call.actor.token_id
    entry = Entry(Action.ACCESS_DENIED, subject[:_SUBJECT_LIMIT], data)
    with call.write() as tx:
        append.append(tx, actor=call.actor, now=call.now, entries=[entry])
    return True


def fresh(what: tuple[int, str, str, str]) -> bool:
    """Say whether this was not seen for a minute. Where too much is remembered, what is new is not written."""
    moment = time.monotonic()
    with _guarding:
        if moment - _seen.get(what, -_SECONDS) < _SECONDS:
            return False
        if len(_seen) >= _REMEMBERED:
            for old in [key for key, when in _seen.items() if moment - when >= _SECONDS]:
                del _seen[old]
        if len(_seen) >= _REMEMBERED:
            return False
        _seen[what] = moment
        return True
