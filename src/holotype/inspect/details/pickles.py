"""What does a pickle say about itself? Its protocol and the modules that it names, from its opcodes."""

from __future__ import annotations

from typing import Any

from holotype.inspect.head import Head
from holotype.inspect.scanning.feed import Feed, Stream
from holotype.inspect.scanning.opcodes import Walk
from holotype.inspect.scanning.report import Limits
from holotype.inspect.scanning.streams import Forward, Inflating, unpacker

_MOST_OPCODES = 300_000
_MOST_NAMES = 50


def describe(head: Head) -> dict[str, Any]:
    """Return protocol, compression and what is imported."""
    limits = Limits(opcodes=_MOST_OPCODES, unpacked=256 * 2**20, seconds=30)
    stream: Stream = head.stream
    told: dict[str, Any] = {}
    begin = unpacker(head.first)
    if begin is not None:
        told["compressed"] = True
        stream = Forward(Inflating(head.stream, begin, limits))
    walk = Walk(Feed(stream, limits), limits)
    walk.one()
    modules = sorted({name.module for name in walk.uses})
    told |= {"protocol": walk.protocol, "modules": modules[:_MOST_NAMES]}
    return told
