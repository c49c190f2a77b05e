"""Which work does a server do by itself?

    sweep          every ``sweep_interval``   frees bytes that nobody needs, forgets uploads whose time is over
    expire-keys    every hour                 forgets idempotency keys of yesterday
    expire-sign-ins  every hour               forgets what is over of sign-ins
    expire-promotions   every minute          ends requests that nobody decided in time
    ripen          every minute               carries out automatic moves whose gates pass now, for time passed
    checkpoint     every ``checkpoint_interval``   signs what the ledger says, where it grew and this server has the key
    optimize       every day                  lets the embedded database look at its tables again, to plan by

    examine        when a version arrived     looks into it; ``Examiner``, which has a thread of its own
    copy-in        when a version is expected    brings its bytes from an import source; ``Importer``, which has one too

Every server process has one thread for it. A claim in the database, which lasts for the period of the work, makes one
process of all servers do each piece; when that process dies another takes its place after the period. Whatever goes
wrong is logged and tried again in the next period; the server serves on.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from holotype.domain.entities import Actor
from holotype.domain.permissions import Permission
from holotype.errors import Conflict
from holotype.operations import copy_in as copying
from holotype.operations.bootstrap import SYSTEM
from holotype.operations.call import Call, Registry
from holotype.operations.claim import claim
from holotype.operations.copy_in import Pace, copy_in, is_expected
from holotype.operations.examine import breathe
from holotype.operations.examine_pending import Stopped, examine_pending, is_due
from holotype.operations.expire_keys import expire_keys
from holotype.operations.expire_promotions import expire_promotions
from holotype.operations.expire_sign_ins import expire_sign_ins
from holotype.operations.optimize import optimize
from holotype.operations.ripen import Round
from holotype.operations.sign_checkpoint import may_sign, sign_checkpoint
from holotype.operations.sweep import sweep
from holotype.operations.warming import warm_all

FIRST_PAUSE = 60.0
"""A server that has just started has better things to do."""
_MARGIN = 0.9
"""A claim ends a little before its holder comes again, so that clocks need not agree to the second."""
_ACTOR = Actor(SYSTEM, None, frozenset(Permission))
_log = logging.getLogger("holotype")


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of background work, its period in seconds, and whether there is anything to do here (``due``)."""

    name: str
    period: float
    run: Callable[[Call], object]
    due: Callable[[Call], bool] = lambda _: True


def standard_work(registry: Registry) -> list[Work]:
    """Return the work of every server."""
    return [
        Work("sweep", registry.settings.sweep_interval, sweep),
        Work("expire-keys", 3_600, expire_keys),
        Work("expire-sign-ins", 3_600, expire_sign_ins),
        Work("expire-promotions", 60, expire_promotions),
        Work("ripen", 60, Round()),
        Work("checkpoint", registry.settings.checkpoint_interval, sign_checkpoint, may_sign),
        Work("optimize", 86_400, optimize),
    ]


class Worker:
    """The thread of a server process that does background work until it is stopped."""

    def __init__(self, registry: Registry, work: Sequence[Work], *, first_pause: float = FIRST_PAUSE) -> None:
        """Prepare; nothing happens before ``start``."""
        self._registry = registry
        self._work = tuple(work)
        self._first_pause = first_pause
        self._holder = str(uuid.uuid4())
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="worker", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self, seconds: float) -> bool:
        """Begin nothing new and wait for what is running; say whether it ended in time.

        All background work may be cut off at any point, so nothing is lost where it did not.
        """
        self._stopping.set()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _loop(self) -> None:
        begin = time.monotonic()
        due = {one.name: begin + min(self._first_pause, one.period) for one in self._work}
        while not self._stopping.wait(max(0.0, min(due.values()) - time.monotonic())):
            for one in self._work:
                if due[one.name] <= time.monotonic() and not self._stopping.is_set():
                    self._once(one)
                    due[one.name] = time.monotonic() + one.period

    def _once(self, work: Work) -> None:
        try:
            if work.due(self._call()) and claim(self._call(), work.name, self._holder, work.period * _MARGIN):
                result = work.run(self._call())
                _log.info("background work done: %s", result, extra={"task": work.name})
        except Conflict as error:
            _log.info("background work waits: %s", error, extra={"task": work.name})
        except Exception:  # noqa: BLE001 - the server must outlive whatever goes wrong here
            _log.exception("background work failed", extra={"task": work.name})

    def _call(self) -> Call:
        return Call(self._registry, _ACTOR, f"worker-{self._holder[:8]}", now=self._registry.clock())


class Examiner:
    """The thread of a server process that looks into versions, of which all processes take their share.

    It is woken by what this process registered, and looks every few seconds for what others did. It works half of the
    time, and while versions keep arriving a fiftieth of it: whoever asks comes first.
    """

    def __init__(self, registry: Registry, *, period: float = 5.0, quiet: float = 0.2) -> None:
        """Prepare; nothing happens before ``start``."""
        self._registry, self._period, self._quiet = registry, period, quiet
        self._holder = str(uuid.uuid4())
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="examiner", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self, seconds: float) -> bool:
        """Give back what is being looked into, and say whether that ended in time. It is done again later."""
        self._stopping.set()
        self._registry.arrived.set()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _loop(self) -> None:
        self._warm()
        while not self._stopping.is_set():
            woken = self._registry.arrived.wait(self._period)
            self._registry.arrived.clear()
            if woken:
                time.sleep(self._quiet)
            try:
                while not self._stopping.is_set() and is_due(self._call()):
                    self._next()
            except Exception:  # noqa: BLE001 - the server must outlive whatever goes wrong here
                _log.exception("background work failed", extra={"task": "examine"})

    def _warm(self) -> None:
        try:
            warm_all(self._call())
        except Exception:  # noqa: BLE001 - the server must outlive whatever goes wrong here
            _log.exception("background work failed", extra={"task": "warm"})

    def _next(self) -> None:
        self._registry.arrived.clear()
        begin = time.monotonic()
        examine_pending(self._call(), self._holder, self._pause)
        time.sleep(rest(time.monotonic() - begin, arriving=self._registry.arrived.is_set()))

    def _pause(self) -> None:
        if self._stopping.is_set():
            raise Stopped
        breathe()

    def _call(self) -> Call:
        return Call(self._registry, _ACTOR, f"examiner-{self._holder[:8]}", now=self._registry.clock())


def rest(worked: float, *, arriving: bool) -> float:
    """Return how long the examiner rests after so many seconds of work, so that whoever asks is not kept waiting."""
    return min((49 if arriving else 1) * worked, 1.0)


class Importer:
    """The thread of a server process that copies versions in from import sources, of which all take their share.

    It is woken by what this process promised, and looks every few seconds for what others did and for what waits.
    """

    def __init__(self, registry: Registry, *, period: float = 5.0, pace: Pace = copying.USUAL) -> None:
        """Prepare; nothing happens before ``start``."""
        self._registry, self._period, self._pace = registry, period, pace
        self._holder = str(uuid.uuid4())
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="importer", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self, seconds: float) -> bool:
        """Give back what is being copied, and say whether that ended in time. It goes on where it was."""
        self._stopping.set()
        self._registry.expected.set()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _loop(self) -> None:
        while not self._stopping.is_set():
            self._registry.expected.wait(self._period)
            self._registry.expected.clear()
            try:
                while not self._stopping.is_set() and is_expected(self._call()):
                    copy_in(self._call(), self._pause, self._pace)
            except Exception:  # noqa: BLE001 - the server must outlive whatever goes wrong here
                _log.exception("background work failed", extra={"task": "copy-in"})

    def _pause(self) -> None:
        if self._stopping.is_set():
            raise copying.Stopped

    def _call(self) -> Call:
        return Call(self._registry, _ACTOR, f"importer-{self._holder[:8]}", now=self._registry.clock())
