"""How does a large answer come in? Chunk by chunk, for as long as it gets on.

The rules of ``holotype.egress.client`` hold: the same addresses, no redirects, no proxies. But a file of many GiB
takes its time, so there is no end that is set beforehand: instead, no wait for a next byte is longer than so many
seconds, and whoever sends less than a trickle is not waited for.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPResponse

CHUNK = 2**18
STALL = 30.0
_WINDOW, _LEAST = 60.0, 64 * 2**10
"""In so many seconds, at least so many bytes."""


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer whose body comes while it is read; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    response: HTTPResponse

    def chunks(self) -> Iterator[bytes]:
        """Give the body; ``OSError`` where it stalls, trickles or ends before its announced length."""
        length, got = self.response.length, 0
        begin, since = time.monotonic(), 0
        while chunk := self.response.read1(CHUNK):
            got += len(chunk)
            yield chunk
            now = time.monotonic()
            if now - begin > _WINDOW:
                if got - since < _LEAST:
                    raise TimeoutError
                begin, since = now, got
        if length is not None and got != length:
            raise OSError(f"the answer ended after {got:,} of {length:,} bytes")
