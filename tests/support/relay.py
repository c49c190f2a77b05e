"""How much crosses the wire, and what if the wire is slow or breaks? A relay in front of a real server, that counts."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

_BLOCK = 64 * 2**10


class Relay:
    """Passes bytes on in both directions and counts them; ``pace`` is the most bytes a second to the server."""

    def __init__(self, url: str, pace: float | None = None) -> None:
        """Listen on a free loopback port."""
        target = urlsplit(url)
        self._target = (target.hostname or "", target.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.pace, self.up, self.down = pace, 0, 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def reset(self) -> None:
        """Count from zero."""
        self.up = self.down = 0

    def cut(self) -> None:
        """Break every connection."""
        with self._lock:
            for one in self._open:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Stop listening and break every connection."""
        self._listener.close()
        self.cut()

    def wait_until_up(self, size: int, seconds: float = 30.0) -> None:
        """Wait until that many bytes went to the server."""
        end = time.monotonic() + seconds
        while self.up < size:
            assert time.monotonic() < end, f"only {self.up} bytes were sent"
            time.sleep(0.005)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(self._target)
        except OSError:
            near.close()
            return
        with self._lock:
            self._open |= {near, far}
        back = threading.Thread(target=self._pump, args=(far, near, False), daemon=True)
        back.start()
        self._pump(near, far, True)
        back.join()
        with self._lock:
            self._open -= {near, far}
        near.close()
        far.close()

    def _pump(self, source: socket.socket, sink: socket.socket, up: bool) -> None:
        with contextlib.suppress(OSError):
            while block := source.recv(_BLOCK):
                if up:
                    self.up += len(block)
                else:
                    self.down += len(block)
                if up and self.pace:
                    time.sleep(len(block) / self.pace)
                sink.sendall(block)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def relaying(url: str, pace: float | None = None) -> Iterator[Relay]:
    """Run a relay for as long as the block lasts."""
    relay = Relay(url, pace)
    try:
        yield relay
    finally:
        relay.close()
