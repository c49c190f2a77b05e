"""What is the type and the shape of a NumPy array, or of each in an archive of them?"""

from __future__ import annotations

import re
import struct
from typing import Any

from holotype.inspect.details.archives import opened
from holotype.inspect.details.counting import Count
from holotype.inspect.head import Head
from holotype.inspect.scanning.feed import Stream

_TYPE = re.compile(rb"'descr':\s*'([<>|=]?)(\w{1,12})'")
_SHAPE = re.compile(rb"'shape':\s*\(([\d,\sL]{0,400})\)")
_NAMES = {"f": "float", "i": "int", "u": "uint", "c": "complex", "b": "bool"}
_LONGEST = 2**16
_MOST = 10_000


def describe(head: Head, count: Count | None = None) -> dict[str, Any]:
    """Return type and shape."""
    kind, shape = _header(head.stream)
    count = count or Count()
    count.add(kind, shape, head.name.removesuffix(".npy"))
    return count.told | {"shape": shape}


def describe_archive(head: Head, count: Count | None = None) -> dict[str, Any]:
    """Return how many arrays there are, and their elements by type."""
    count = count or Count()
    with opened(head) as archive:
        for info in archive.infolist()[:_MOST]:
            with archive.open(info) as stream:
                count.add(*_header(stream), info.filename.removesuffix(".npy"))
    return count.told


def _header(stream: Stream) -> tuple[str, list[int]]:
    first = stream.read(8)
    if first[:6] != b"\x93NUMPY":
        raise ValueError("no array")
    size = struct.unpack("<H", stream.read(2))[0] if first[6] == 1 else struct.unpack("<I", stream.read(4))[0]
    if size > _LONGEST:
        raise ValueError("a long header")
    text = stream.read(size)
    kind, shape = _TYPE.search(text), _SHAPE.search(text)
    if shape is None:
        raise ValueError("no shape")
    return _named(kind[2].decode() if kind else "structured"), [
        int(one.strip(b" L")) for one in shape[1].split(b",") if one.strip()
    ]


def _named(code: str) -> str:
    """Return ``float64`` for ``f8``."""
    if code == "b1":
        return "bool"
    if code[:1] in "fiuc" and code[1:].isdigit():
        return f"{_NAMES[code[0]]}{int(code[1:]) * 8}"
    return {"O": "object"}.get(code, code)
