"""How do threads share work so that the first failure, or Ctrl-C, ends all of it at once?

Each pool of threads has a scope, which knows the connections that its threads wait on. When the work fails, the scope
is stopped: what has not begun never begins, pauses end, and connections are shut down under the threads that wait.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from http.client import HTTPConnection
from typing import Any

_local = threading.local()


class Scope:
    """What the threads of one pool are waiting for."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._open: set[HTTPConnection] = set()

    @property
    def stopped(self) -> bool:
        """Whether everything is to end."""
        return self._stopped.is_set()

    def pause(self, seconds: float) -> bool:
        """Sleep, unless everything ends; return whether it goes on."""
        return not self._stopped.wait(seconds)

    def enter(self, connection: HTTPConnection) -> None:
        """Note that a thread uses a connection."""
        with self._lock:
            self._open.add(connection)
        if self.stopped:
            _shut(connection)

    def leave(self, connection: HTTPConnection) -> None:
        """Note that a thread has done with a connection."""
        with self._lock:
            self._open.discard(connection)

    def stop(self) -> None:
        """End pauses and break connections."""
        self._stopped.set()
        with self._lock:
            for connection in self._open:
                _shut(connection)


_nobody = Scope()


def current() -> Scope:
    """Return the scope of the thread that asks."""
    return getattr(_local, "scope", _nobody)


@contextlib.contextmanager
def workers(count: int, name: str) -> Iterator[ThreadPoolExecutor]:
    """Yield a pool of threads; when the block fails, their work ends too."""
    scope = Scope()
    pool = ThreadPoolExecutor(
        count, f"holotype-{name}", initializer=lambda mine: setattr(_local, "scope", mine), initargs=(scope,)
    )
    try:
        yield pool
    except BaseException:
        scope.stop()
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    pool.shutdown(wait=True)


def gather(futures: Iterable[Future[Any]]) -> None:
    """Wait for all; raise the first failure and cancel what has not begun."""
    done, pending = wait(list(futures), return_when=FIRST_EXCEPTION)
    for future in done:
        if future.cancelled() or future.exception():
            for other in pending:
                other.cancel()
            future.result()


def _shut(connection: HTTPConnection) -> None:
    if connection.sock is not None:
        with contextlib.suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
