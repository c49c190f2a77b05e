"""Where do verbs run? In these threads, each of which keeps its connections to the database.

A verb that only asks the database is a plain function that a gateway has run here. A verb that streams bytes is
``async`` and hands its own steps over.

A verb goes to its thread by a queue and comes back by a future of the loop: half the work of the standard library's
executor, whose futures lock, and are two for each call.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

from holotype.errors import Unavailable

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 12
SLOW = ThreadPoolExecutor(4, thread_name_prefix="slow")
"""For verbs that hash a password or ask another server: however many come, the others do not wait for them."""
_MOST_WAITING = 64
_waiting = 0


class Verbs:
    """Threads that call functions for an event loop; as many as are needed at once, and they end with the process."""

    def __init__(self, threads: int) -> None:
        """Start none yet, and never more than so many."""
        self._threads = threads
        self._started = 0
        self._busy = 0
        self._calls: SimpleQueue[tuple[asyncio.Future[Any], Callable[[], Any]]] = SimpleQueue()

    def call(self, function: Callable[[], T]) -> asyncio.Future[T]:
        """Have a function called; one whose future is cancelled before it began is left out."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        if self._busy >= self._started < self._threads:
            self._start()
        self._busy += 1
        self._calls.put((future, function))
        return future

    def _start(self) -> None:
        """Start one more thread; where the computer gives none, those that there are have to do."""
        try:
            threading.Thread(target=self._serve, name=f"verb-{self._started + 1}", daemon=True).start()
        except RuntimeError:
            if not self._started:
                raise
        else:
            self._started += 1

    def _serve(self) -> None:
        while True:
            self._answer(*self._calls.get())

    def _answer(self, future: asyncio.Future[Any], function: Callable[[], Any]) -> None:
        result: object = None
        error: BaseException | None = None
        try:
            result = None if future.cancelled() else function()
        except StopIteration as raised:  # which no future bears
            error = RuntimeError("A verb raised StopIteration.")
            error.__cause__ = raised
        except BaseException as raised:  # noqa: BLE001 - it is raised again where somebody waits for the result
            error = raised
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile, so nobody waits
            future.get_loop().call_soon_threadsafe(self._settle, future, result, error)
        del result, error  # the error knows this frame

    def _settle(self, future: asyncio.Future[Any], result: object, error: BaseException | None) -> None:
        self._busy -= 1
        if future.cancelled():
            return
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)


VERBS = Verbs(THREADS)


async def aside(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function that may block, in a thread, and return its result."""
    return await VERBS.call(partial(function, *args, **kwargs))


async def aside_slowly(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function that takes its time, in one of few threads; refuse where too many wait for one already."""
    global _waiting  # noqa: PLW0603 - one count for the process, changed on the event loop alone
    if _waiting >= _MOST_WAITING:
        raise Unavailable("Too many people sign in at this moment.", hint="Try again in a few seconds.")
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(SLOW, partial(function, *args, **kwargs))
    finally:
        _waiting -= 1
