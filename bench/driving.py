"""How does a benchmark ask for load? It writes the requests to a file and waits for ``bench.load`` to send them."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from bench.servers import ROOT, Server, apart

CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class Load:
    """What a load gave: answers a second, and every answer's time in ascending order (seconds)."""

    rate: float
    times: Sequence[float]

    def at(self, share: float) -> float:
        """Return the time that this share of the answers did not exceed, in milliseconds."""
        return self.times[min(len(self.times) - 1, int(len(self.times) * share))] * 1e3

    def __str__(self) -> str:
        """Give rate and times in a few words."""
        return f"{self.rate:,.0f}/s, p50 {self.at(0.5):.2f} ms, p95 {self.at(0.95):.2f} ms"


def get(server: Server, path: str) -> bytes:
    """Make a GET request."""
    return f"GET {path} HTTP/1.1\r\n{server.headers()}\r\n".encode()


def post(server: Server, path: str, body: bytes) -> bytes:
    """Make a POST request with JSON."""
    kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"POST {path} HTTP/1.1\r\n{server.headers()}{kind}\r\n".encode() + body


def drive(
    server: Server,
    requests: Iterable[bytes],
    *,
    seconds: float,
    connections: int = CONNECTIONS,
    statuses: Sequence[int] = (200,),
    once: bool = False,
) -> Load:
    """Send requests from a process of its own, on a core of its own where there are several."""
    file = server.folder / "requests"
    with file.open("wb") as out:
        for request in requests:
            out.write(struct.pack(">I", len(request)) + request)
    cores = apart()[1]
    order = {
        "port": server.port,
        "requests": str(file),
        "connections": connections,
        "seconds": seconds,
        "statuses": list(statuses),
        "once": once,
        "core": min(cores) if cores else None,
    }
    command = [sys.executable, "-m", "bench.load"]
    result = subprocess.run(command, cwd=ROOT, input=json.dumps(order), capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise RuntimeError(f"The load failed: {result.stderr.strip()}")
    told = json.loads(result.stdout)
    return Load(len(told["times"]) / told["seconds"], sorted(one / 1e6 for one in told["times"]))


def middle(loads: list[Load]) -> Load:
    """Return the run whose rate is nearest to the median of all."""
    rate = median(one.rate for one in loads)
    return min(loads, key=lambda one: abs(one.rate - rate))
