"""How does one server process live? The application, its background work, and a stop that loses nothing.

    SIGTERM or SIGINT → no new connections → requests in flight finish (at most ``stop_timeout``) → background work
    stops → the database is closed → 0

The HTTP server runs in this process's own event loop: a second process to watch over the only one would cost 30 MiB.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any

from granian import net
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from holotype.gateways.front import Front
from holotype.gateways.logs import configure
from holotype.main.application import application, open_registry
from holotype.main.listening import BACKLOG
from holotype.settings import Settings
from holotype.worker import Examiner, Importer, Worker, standard_work

_Holder: Any = net.SocketHolder  # type: ignore[attr-defined]  # it is left out of the type stubs
_WORK_SECONDS = 5.0
_YOUNG = 5_000
"""So many new objects are looked through at a time: a page makes that many, and keeps none."""
_IMPORTERS = 2
"""A small version must not wait for the end of a large one."""
_CONNECTIONS, _HEADERS_MS = 4_096, 10_000
"""So many connections are held (a page that listens holds one), and so long may one take to say what it wants."""
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class _Listening(Server):
    """The embedded server, on a socket that is bound already."""

    def __init__(self, app: Front, settings: Settings, bound: socket.socket) -> None:
        super().__init__(
            app,
            interface=Interfaces.ASGINL,
            http=HTTPModes.auto if settings.tls_certificate else HTTPModes.http1,
            websockets=False,
            backpressure=_CONNECTIONS,
            http1_settings=HTTP1Settings(header_read_timeout=_HEADERS_MS),
            log_enabled=False,
            ssl_cert=settings.tls_certificate,
            ssl_key=settings.tls_key,
        )
        self._bound = bound

    def _init_shared_socket(self) -> None:
        number = os.dup(self._bound.fileno())  # the library closes the one it is given
        self._ssp = None
        self._sfd = number  # type: ignore[assignment]
        self._shd = _Holder(number, False, BACKLOG)


def run(settings: Settings, bound: socket.socket, *, on_ready: Callable[[], None]) -> int:
    """Serve in this process until it is told to stop; return the exit code."""
    configure(settings)
    _allow_files()
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(_serve(settings, bound, on_ready))


def _allow_files() -> None:
    """Let this process have as many files and sockets open as the system lets it: the usual 1,024 are few."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - there is none on Windows

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return the quicker event loop where there is one."""
    if sys.platform == "win32":
        return None
    import uvloop  # noqa: PLC0415 - there is none on Windows

    return uvloop.new_event_loop


def _spare_collections() -> None:
    """Keep Python's collector away from what lives as long as the process: to walk it stops everybody for 0.1 s."""
    gc.freeze()
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])


async def _serve(settings: Settings, bound: socket.socket, on_ready: Callable[[], None]) -> int:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in _SIGNALS:
        loop.add_signal_handler(name, stopping.set)
    registry = open_registry(settings, serving=True)
    app = application(registry)
    _spare_collections()
    server = _Listening(app, settings, bound)
    serving = asyncio.create_task(server.serve())
    on_ready()
    worker = Worker(registry, standard_work(registry))
    worker.start()
    examiner = Examiner(registry)
    examiner.start()
    importers = [Importer(registry) for _ in range(_IMPORTERS)]
    for importer in importers:
        importer.start()
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait({serving, stop}, return_when=asyncio.FIRST_COMPLETED)
    failed = serving.done()
    if not failed:
        server.stop()  # type: ignore[no-untyped-call]
        await app.drained(settings.stop_timeout)
        await asyncio.wait({serving}, timeout=5)
    stop.cancel()
    ended = [worker.stop(_WORK_SECONDS), examiner.stop(_WORK_SECONDS), *(one.stop(_WORK_SECONDS) for one in importers)]
    if all(ended):
        registry.database.close()
    return int(failed)
