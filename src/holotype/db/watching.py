"""Who looks at the clock while a connection works? One thread of the process, for all of them.

A thread for each search would cost more than many a search. It interrupts a connection only under the lock under which
its watch ends: never one that does something else already.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol


class Interruptible(Protocol):
    """A connection that another thread can stop."""

    def interrupt(self) -> None:
        """Stop what it does."""


class Watch:
    """What is to be interrupted, and when; the thread begins with the first and sleeps until the earliest is due."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._changed = threading.Condition()
        self._ends: dict[object, tuple[float, Interruptible]] = {}
        self._due = float("inf")
        self._thread: threading.Thread | None = None

    @contextmanager
    def over(self, connection: Interruptible, end: float) -> Iterator[None]:
        """Interrupt a connection at a moment of ``time.monotonic``, unless the block has been left by then."""
        mark = object()
        with self._changed:
            self._ends[mark] = (end, connection)
            if self._thread is None or not self._thread.is_alive():  # none yet, or it stayed behind in a fork
                self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
                self._thread.start()
            elif end < self._due:
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._ends.pop(mark, None)

    def _run(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                for mark, (end, connection) in list(self._ends.items()):
                    if end <= now:
                        del self._ends[mark]
                        with suppress(Exception):  # it was closed: there is nothing left to stop
                            connection.interrupt()
                self._due = min((end for end, _ in self._ends.values()), default=float("inf"))
                self._changed.wait(None if self._due == float("inf") else self._due - now)
