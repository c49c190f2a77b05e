"""What if versions are registered while others ask? A thread asks for one every tenth of a second.

What a server remembers of its answers is gone each time.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
from collections.abc import Iterator, Sequence
from http.client import HTTPResponse

from bench.servers import HOST, Server
from tests.clients.peers import Peer

EVERY = 0.1


@contextlib.contextmanager
def asking(server: Server | Peer, requests: Sequence[bytes]) -> Iterator[None]:
    """Send requests one after the other, every so many seconds, while the block runs."""
    over, failed = threading.Event(), list[str]()

    def ask() -> None:
        with socket.create_connection((HOST, server.port), timeout=30) as connection:
            for request in itertools.cycle(requests):
                connection.sendall(request)
                answer = HTTPResponse(connection)
                answer.begin()
                body = answer.read()  # all of it: it may come after its head
                if answer.status != 200:
                    failed.append(f"{answer.status} {body[:500].decode(errors='replace')}")
                if failed or over.wait(EVERY):
                    return

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    if failed:
        raise RuntimeError(f"Unexpected answer: {failed[0]}")
