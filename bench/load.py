"""What loads a server without being the bottleneck? Raw sockets that are kept, one request in flight on each.

    python -m bench.load <<< '{"port": 7878, "requests": "FILE", "connections": 8, "seconds": 5, "statuses": [200]}'

The file holds requests, each after its length in four bytes. They are sent in order, over and over until the time is
up, or each once (``"once": true``). A status that is not among ``statuses`` ends the run. It prints JSON: how many
answers in how many seconds, and each answer's time in microseconds.
"""

from __future__ import annotations

import array
import itertools
import json
import os
import selectors
import socket
import struct
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_LENGTH = b"content-length:"


@dataclass(slots=True)
class Connection:
    """One connection and the answer that is coming in on it."""

    socket: socket.socket
    began: float = 0.0
    missing: int = 0
    head: bytes = b""


@dataclass(slots=True)
class Run:
    """A load under way."""

    requests: Iterator[bytes]
    statuses: frozenset[bytes]
    end: float
    times: array.array[float] = field(default_factory=lambda: array.array("d"))
    received: int = 0
    flying: int = 0

    def send(self, connection: Connection) -> None:
        """Send the next request, if there is one and time for it."""
        began = time.perf_counter()
        request = next(self.requests, None) if began < self.end else None
        if request is None:
            return
        connection.began, connection.missing, connection.head = began, 0, b""
        connection.socket.sendall(request)
        self.flying += 1

    def receive(self, connection: Connection) -> None:
        """Take what has come; when the answer is whole, note its time and send the next request."""
        data = connection.socket.recv(262_144)
        if not data:
            raise SystemExit("The server closed a connection.")
        self.received += len(data)
        if connection.missing:
            connection.missing -= len(data)
        else:
            connection.head += data
            head, blank, body = connection.head.partition(b"\r\n\r\n")
            if not blank:
                return
            connection.missing = self._length(head, body) - len(body)
        if connection.missing == 0:
            self.times.append(time.perf_counter() - connection.began)
            self.flying -= 1
            self.send(connection)

    def _length(self, head: bytes, body: bytes) -> int:
        if head[9:12] not in self.statuses:
            raise SystemExit(f"Unexpected answer: {(head + body)[:1000].decode(errors='replace')}")
        start = head.lower().find(_LENGTH)
        if start < 0:
            raise SystemExit(f"An answer without a length: {head.decode(errors='replace')}")
        return int(head[start + len(_LENGTH) :].split(b"\r\n", 1)[0])


def load(order: dict[str, Any]) -> dict[str, Any]:
    """Carry out an order and return the result."""
    if order.get("core") is not None:
        os.sched_setaffinity(0, {order["core"]})
    requests = read(Path(order["requests"]))
    selector = selectors.DefaultSelector()
    connections = [_connect(order["port"]) for _ in range(order["connections"])]
    for one in connections:
        selector.register(one.socket, selectors.EVENT_READ, one)
    statuses = frozenset(str(status).encode() for status in order["statuses"])
    stream = iter(requests) if order.get("once") else itertools.cycle(requests)
    began = time.perf_counter()
    run = Run(stream, statuses, began + order["seconds"])
    for one in connections:
        run.send(one)
    while run.flying:
        for key, _ in selector.select(30) or _silent():
            run.receive(key.data)
    elapsed = time.perf_counter() - began
    return {"seconds": elapsed, "received": run.received, "times": [round(one * 1e6) for one in run.times]}


def read(file: Path) -> list[bytes]:
    """Return the requests of a file."""
    content = file.read_bytes()
    found, at = [], 0
    while at < len(content):
        (size,) = struct.unpack_from(">I", content, at)
        found.append(content[at + 4 : at + 4 + size])
        at += 4 + size
    return found


def _connect(port: int) -> Connection:
    made = socket.create_connection(("127.0.0.1", port), timeout=30)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Connection(made)


def _silent() -> list[Any]:
    raise SystemExit("No answer for 30 seconds.")


if __name__ == "__main__":
    json.dump(load(json.load(sys.stdin)), sys.stdout)
