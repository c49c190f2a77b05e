"""How do several processes serve as one? They accept connections from one socket; this one watches over them.

    SIGTERM or SIGINT → passed on to every process → each finishes its requests → 0

A process that ends by itself is replaced; the others serve on meanwhile. One that cannot even start, several times
within a few seconds, ends the server: something is wrong that another start will not mend. When this one is killed, the
others stop by themselves: they would keep the port, and nobody would watch over them.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Any

from holotype.gateways.logs import configure
from holotype.gateways.metrics import FOLDER_VARIABLE
from holotype.main import process
from holotype.settings import Settings

_QUICK, _QUICK_LIMIT = 5.0, 3
"""So many ends within so many seconds of the start mean that it is no use."""
_log = logging.getLogger("holotype")


class _Stop(Exception):
    """Somebody asked the server to stop."""


def run(settings: Settings, bound: socket.socket, *, on_ready: Callable[[], None]) -> int:
    """Serve in several processes until told to stop; return the exit code."""
    configure(settings)
    # Forking shares the pages of what is imported already. Elsewhere than on Linux it is not safe.
    context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")

    ready = context.Semaphore(0)

    def start() -> BaseProcess:
        one: BaseProcess = context.Process(target=_serve, args=(settings, bound, ready.release), name="holotype")
        one.start()
        return one

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, _raise_stop)
    running: list[BaseProcess] = []
    with tempfile.TemporaryDirectory(prefix="holotype-metrics-") as folder:
        os.environ[FOLDER_VARIABLE] = folder
        try:
            running.extend(start() for _ in range(settings.workers))
            if not _all_ready(running, ready):
                _stop(running, 10)
                return 1
            on_ready()
            return _watch(running, start)
        except _Stop:
            return _stop(running, settings.stop_timeout + 10)


def _all_ready(running: list[BaseProcess], ready: Any) -> bool:
    """Wait until every process answers; return False when one ends before."""
    for _ in running:
        while not ready.acquire(timeout=0.1):
            if any(one.exitcode is not None for one in running):
                return False
    return True


def _serve(settings: Settings, bound: socket.socket, on_ready: Callable[[], None]) -> None:
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, signal.SIG_DFL)
    threading.Thread(target=_stop_when_alone, name="watches-the-first-process", daemon=True).start()
    sys.exit(process.run(settings, bound, on_ready=on_ready))


def _stop_when_alone() -> None:
    """Wait for the end of the process that started this one, then stop as if told to."""
    first = multiprocessing.parent_process()
    if first is not None:
        wait([first.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)


def _watch(running: list[BaseProcess], start: Callable[[], BaseProcess]) -> int:
    """Replace what ends, until it is no use."""
    quick, last = 0, time.monotonic()
    while True:
        wait([one.sentinel for one in running])
        for one in [one for one in running if one.exitcode is not None]:
            quick = quick + 1 if time.monotonic() - last < _QUICK else 1
            last = time.monotonic()
            _log.error("a server process ended with %s; another one takes its place", one.exitcode)
            if quick > _QUICK_LIMIT:
                _stop(running, 10)
                return 1
            running[running.index(one)] = start()


def _stop(running: list[BaseProcess], seconds: float) -> int:
    """Ask every process to stop, insist after a while, and say whether all stopped as they should."""
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, signal.SIG_IGN)
    for one in running:
        if one.is_alive():
            one.terminate()
    end = time.monotonic() + seconds
    for one in running:
        one.join(max(0.0, end - time.monotonic()))
        if one.exitcode is None:
            one.kill()
            one.join()
    return int(any(one.exitcode != 0 for one in running))


def _raise_stop(_number: int, _frame: FrameType | None) -> None:
    raise _Stop
