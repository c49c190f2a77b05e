"""Is a connection stopped when its time is over, and never when it already does something else?"""

from __future__ import annotations

import threading
import time

from holotype.db.watching import Watch


class Noted:
    """A connection that notes when it was stopped."""

    def __init__(self) -> None:
        self.stopped = threading.Event()

    def interrupt(self) -> None:
        """Note it."""
        self.stopped.set()


def test_each_is_stopped_when_its_own_time_is_over() -> None:
    """The one that began last may be the first that is due."""
    watch, late, soon = Watch(), Noted(), Noted()
    with watch.over(late, time.monotonic() + 60), watch.over(soon, time.monotonic() + 0.05):
        assert soon.stopped.wait(5)
        assert not late.stopped.is_set()


def test_nothing_is_stopped_after_its_block() -> None:
    """Also by the thread that slept for it."""
    watch, left, other = Watch(), Noted(), Noted()
    with watch.over(left, time.monotonic() + 0.05):
        pass
    with watch.over(other, time.monotonic() + 0.1):
        assert other.stopped.wait(5)
    assert not left.stopped.is_set()


def test_one_thread_watches_over_all() -> None:
    """However many search, and one after the other."""
    watch = Watch()
    before = threading.active_count()
    for _ in range(20):
        with watch.over(Noted(), time.monotonic() + 60), watch.over(Noted(), time.monotonic() + 60):
            assert threading.active_count() == before + 1


def test_a_connection_that_cannot_be_stopped_does_not_end_the_watch() -> None:
    """It was closed meanwhile; the others are watched over as before."""

    class Closed:
        """A connection that is gone."""

        def interrupt(self) -> None:
            """Say so."""
            raise RuntimeError("closed")

    watch, other = Watch(), Noted()
    with watch.over(other, time.monotonic() + 0.1), watch.over(Closed(), time.monotonic() + 0.02):
        assert other.stopped.wait(5)
