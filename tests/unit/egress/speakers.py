"""Which servers do the tests of the egress client talk to? Ones that say whatever a test has them say."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator

Speak = Callable[[socket.socket], None]


@contextlib.contextmanager
def speaking(speak: Speak, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Listen on a free loopback port, read the head of each request, and let ``speak`` answer; give the port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        threading.Thread(target=_serve, args=(listening, speak, context), daemon=True).start()
        yield port
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)


def says(answer: bytes) -> Speak:
    """Answer with these bytes."""
    return lambda connection: connection.sendall(answer)


def whole(body: bytes = b"{}", head: bytes = b"") -> bytes:
    """Return a whole answer of status 200."""
    return b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s" % (head, len(body), body)


def _serve(listening: socket.socket, speak: Speak, context: ssl.SSLContext | None) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=_one, args=(connection, speak, context), daemon=True).start()


def _one(connection: socket.socket, speak: Speak, context: ssl.SSLContext | None) -> None:
    with contextlib.suppress(OSError), connection:
        sock = context.wrap_socket(connection, server_side=True) if context else connection
        with sock:
            got = b""
            while b"\r\n\r\n" not in got:
                chunk = sock.recv(65_536)
                if not chunk:
                    return
                got += chunk
            speak(sock)
