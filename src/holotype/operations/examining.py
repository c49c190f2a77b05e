"""Was this version examined? Asked by what needs the answer at once, such as a promotion right after a push.

Whoever waits does so for some seconds: what takes longer, perhaps because somebody made it so, is left to the
background, and is waited for once at a time. Nothing is concluded from a look that was broken off.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from holotype.domain.entities import Version
from holotype.inspect import scanning
from holotype.operations import examine as examination
from holotype.operations.call import Call
from holotype.operations.examine_pending import Stopped

LARGEST = 64 * 2**20
"""A version of more bytes than that is left to the background."""
PATIENCE = 15.0
"""So many seconds a request waits for an examination."""
_lock = threading.Lock()
_busy: set[tuple[int, int]] = set()
"""What this process looks into now because somebody waits: a registry and a version."""


def ensure(call: Call, version: Version) -> None:
    """Examine a version now if it was not and is small enough; otherwise the background does it soon."""
    if version.examined or version.size > LARGEST:
        return
    key = id(call.registry), version.id
    with _lock:
        if key in _busy:
            return
        _busy.add(key)
    try:
        with suppress(Stopped):
            examination.examine(call, version, scanning.Limits(seconds=examination.SECONDS, pause=_until(PATIENCE)))
    finally:
        with _lock:
            _busy.discard(key)


def _until(seconds: float) -> Callable[[], None]:
    """Return what lets others work, and stops when the time is over."""
    end = time.monotonic() + seconds

    def pause() -> None:
        examination.breathe()
        if time.monotonic() > end:
            raise Stopped

    return pause
