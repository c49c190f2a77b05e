"""How is JSON read into a shape, whichever thread reads first?

msgspec works out how to read a type when it is first asked to, and ends the process (0.22: a null pointer) where two
threads ask at once. So that is done here, by one thread at a time, and kept.
"""

from __future__ import annotations

import threading
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
_known: dict[Any, msgspec.json.Decoder[Any]] = {}
_working = threading.Lock()


def read(content: bytes | str, shape: type[T]) -> T:
    """Return what JSON says, as a shape; raise as msgspec does where it is none."""
    result: T = _decoder(shape).decode(content)
    return result


def converted(value: Any, shape: type[T]) -> T:
    """Return plain values as a shape."""
    _decoder(shape)
    return msgspec.convert(value, shape)


def _decoder(shape: type[T]) -> msgspec.json.Decoder[T]:
    found = _known.get(shape)
    if found is None:
        with _working:
            found = _known[shape] = msgspec.json.Decoder(shape)
    return found
