"""What does `rclone serve s3` get wrong? It answers a range request with the right bytes and status 200, not 206.

S3 answers 206, and clients such as obstore refuse anything else. So tests reach the server through this relay, which
passes every byte on unchanged but for that one status. Remove it when the range test in
``tests/unit/test_support_backends.py`` passes without it.
"""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from dataclasses import dataclass

from tests.support.processes import LOOPBACK

_CHUNK = 256 * 1024
_WRONG, _RIGHT = b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 206 Partial Content\r\n"


@dataclass(frozen=True, slots=True)
class Relay:
    """A loopback port that stands for another one."""

    server: socketserver.ThreadingTCPServer

    @property
    def port(self) -> int:
        """The port to connect to."""
        port: int = self.server.server_address[1]
        return port

    def stop(self) -> None:
        """Accept no more connections."""
        self.server.shutdown()
        self.server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    """One thread a connection, none of which keeps the process alive."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128


def start_relay(upstream: int) -> Relay:
    """Relay connections to an upstream loopback port."""

    class Connection(socketserver.BaseRequestHandler):
        """One client's connection."""

        def handle(self) -> None:
            """Pass bytes both ways until either side is done."""
            with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, upstream)) as server:
                _relay(self.request, server)

    server = _Server((LOOPBACK, 0), Connection)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return Relay(server)


def _relay(client: socket.socket, server: socket.socket) -> None:
    """Pass requests on in a second thread and answers in this one.

    Requests are not pipelined, so the first bytes that come back after a request start an answer, and the server
    writes the whole head of an answer at once.
    """
    for end in (client, server):
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    asked = threading.Event()
    threading.Thread(target=_pass_requests, args=(client, server, asked), daemon=True).start()
    while answer := server.recv(_CHUNK):
        if asked.is_set():
            asked.clear()
            answer = _corrected(answer)
        client.sendall(answer)
    client.shutdown(socket.SHUT_WR)


def _pass_requests(client: socket.socket, server: socket.socket, asked: threading.Event) -> None:
    """Pass bytes from the client to the server, noting that an answer is due."""
    with contextlib.suppress(OSError):
        while request := client.recv(_CHUNK):
            asked.set()
            server.sendall(request)
        server.shutdown(socket.SHUT_WR)


def _corrected(answer: bytes) -> bytes:
    """Give an answer that holds a range the status that says so."""
    head = answer.partition(b"\r\n\r\n")[0].lower()
    if answer.startswith(_WRONG) and b"\r\ncontent-range: bytes " in head:
        return _RIGHT + answer[len(_WRONG) :]
    return answer
