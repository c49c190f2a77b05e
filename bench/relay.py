"""How many bytes cross the wire? A loopback port that passes everything on to another one, and counts."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from bench.servers import HOST

_BLOCK = 256 * 1024


@dataclass(slots=True)
class Counter:
    """Bytes from clients (``sent``) and to them (``received``)."""

    port: int
    sent: int = 0
    received: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


@contextlib.contextmanager
def counting(upstream: int) -> Iterator[Counter]:
    """Count what goes to and comes from a port until the block ends."""
    with socket.create_server((HOST, 0)) as listener:
        counter = Counter(listener.getsockname()[1])
        threading.Thread(target=_accept, args=(listener, upstream, counter), daemon=True).start()
        yield counter


def _accept(listener: socket.socket, upstream: int, counter: Counter) -> None:
    with contextlib.suppress(OSError):  # the listener was closed: the block has ended
        while True:
            client = listener.accept()[0]
            server = socket.create_connection((HOST, upstream))
            threading.Thread(target=_pass, args=(client, server, counter, "sent"), daemon=True).start()
            threading.Thread(target=_pass, args=(server, client, counter, "received"), daemon=True).start()


def _pass(source: socket.socket, target: socket.socket, counter: Counter, direction: str) -> None:
    with contextlib.suppress(OSError):
        while block := source.recv(_BLOCK):
            with counter.lock:
                setattr(counter, direction, getattr(counter, direction) + len(block))
            target.sendall(block)
        target.shutdown(socket.SHUT_WR)
