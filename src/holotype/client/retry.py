"""When is a failed request tried again, and after which pause?

Patience is a span of time, not a number of tries: a server that restarts needs seconds, whatever failed before.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from holotype.client.threads import current
from holotype.domain import times

_FIRST, _LONGEST = 0.1, 5.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a request may take: seconds of new tries, and seconds of silence within one try."""

    patience: float
    silence: float


CALL = Limits(patience=8.0, silence=60.0)
TRANSFER = Limits(patience=60.0, silence=60.0)
COMMIT = Limits(patience=60.0, silence=3600.0)


class Retry:
    """The tries of one request: pauses double, bear jitter, and end when the patience is over."""

    def __init__(self, patience: float) -> None:
        """Be patient for that many seconds, from now."""
        self._until = time.monotonic() + patience
        self._next = _FIRST

    def pause(self, wish: float | None = None) -> bool:
        """Sleep before the next try, at least as long as the server wished; return False when there is none."""
        pause = max(wish or 0.0, self._next * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
        if time.monotonic() + pause > self._until:
            return False
        if not current().pause(pause):
            return False
        self._next = min(self._next * 2, _LONGEST)
        return True


def after(header: str | None) -> float | None:
    """Return the seconds that a ``Retry-After`` header asks for, if it can be read."""
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(header) - times.now()).total_seconds())
    except (ValueError, TypeError):
        return None
