"""Which connections to the server are open? Kept ones, used again by whichever thread comes next.

The standard library's HTTP client, because it imports in 20 ms and moves files without copying them: see
``docs/decisions/0003-http-client.md``.
"""

from __future__ import annotations

import select
import ssl
import threading
from http.client import HTTPConnection, HTTPSConnection
from urllib.request import getproxies, proxy_bypass

from holotype.client.origin import Origin, parse

_KEPT = 16
_BLOCK = 2**20


class Pool:
    """Open connections to one origin."""

    def __init__(self, origin: Origin) -> None:
        """Connect lazily."""
        self._origin = origin
        self._idle: list[HTTPConnection] = []
        self._lock = threading.Lock()
        self._tls = ssl.create_default_context() if origin.scheme == "https" else None
        self._proxy = _proxy(origin)

    @property
    def absolute(self) -> bool:
        """Whether requests name the whole URL, as a plain proxy wants it."""
        return self._proxy is not None and self._tls is None

    def take(self, timeout: float) -> HTTPConnection:
        """Return an idle connection that still stands, or one to be connected; ``timeout`` is of silence."""
        with self._lock:
            while self._idle:
                connection = self._idle.pop()
                if connection.sock is not None and not _readable(connection):
                    connection.sock.settimeout(timeout)
                    return connection
                connection.close()
        return self._new(timeout)

    def give_back(self, connection: HTTPConnection) -> None:
        """Keep a connection whose last answer was read to its end."""
        with self._lock:
            if connection.sock is not None and len(self._idle) < _KEPT:
                self._idle.append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Close every idle connection."""
        with self._lock:
            while self._idle:
                self._idle.pop().close()

    def _new(self, timeout: float) -> HTTPConnection:
        near = self._proxy or self._origin
        connection: HTTPConnection
        if self._tls is None:
            return HTTPConnection(near.host, near.port, timeout=timeout, blocksize=_BLOCK)
        connection = HTTPSConnection(near.host, near.port, timeout=timeout, blocksize=_BLOCK, context=self._tls)
        if self._proxy:
            connection.set_tunnel(self._origin.host, self._origin.port)
        return connection


def _readable(connection: HTTPConnection) -> bool:
    """Say whether an idle connection has something to read: then the server has closed it, or is confused."""
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(connection.sock, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([connection.sock], [], [], 0)[0])


def _proxy(origin: Origin) -> Origin | None:
    if origin.loopback or proxy_bypass(f"{origin.host}:{origin.port}"):
        return None
    url = getproxies().get(origin.scheme)
    return parse(url if "://" in url else f"http://{url}") if url else None
