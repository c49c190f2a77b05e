"""How does a refusal enter the ledger? In a transaction of its own, once a minute for the same refusal.

Whoever tries the same door a thousand times is written down once a minute by each server process, so that a scanner
can neither fill the disk nor keep the one writer busy. Of the doors that one caller tries in a minute the first are
written down, so that who tries thousands cannot fill what is remembered and have the refusals of others left out.
"""

from __future__ import annotations

import threading
import time
from collections import Counter

from holotype.domain.events import Action
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations.call import Call

_SECONDS = 60.0
_REMEMBERED, _OF_ONE = 4_096, 512
_SUBJECT_LIMIT = 300

_seen: dict[tuple[int, str, str, str], float] = {}
_counted: Counter[tuple[int, str]] = Counter()
"""How many refusals of each caller are remembered."""
_guarding = threading.Lock()
_forgotten = 0.0


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
    """Say whether this was not seen for a minute; what is new is not written where too much is remembered.

    The first two parts of ``what`` say of whom too much is: others are not concerned by it.
    """
    moment, whose = time.monotonic(), what[:2]
    with _guarding:
        if moment - _seen.get(what, -_SECONDS) < _SECONDS:
            return False
        if len(_seen) >= _REMEMBERED or _counted[whose] >= _OF_ONE:
            _forget(moment)
        if len(_seen) >= _REMEMBERED or _counted[whose] >= _OF_ONE:
            return False
        _counted[whose] += what not in _seen
        _seen[what] = moment
        return True


def _forget(moment: float) -> None:
    """Forget what is over; once a second is enough, for it looks at everything."""
    global _forgotten  # noqa: PLW0603 - guarded by the lock
    if moment - _forgotten < 1.0:
        return
    _forgotten = moment
    for old in [key for key, when in _seen.items() if moment - when >= _SECONDS]:
        del _seen[old]
    _counted.clear()
    _counted.update(key[:2] for key in _seen)
