"""What does the JSON header of a safetensors file say?"""

from __future__ import annotations

import json
import re
import struct
from typing import Any

from holotype.inspect.details.counting import Count
from holotype.inspect.head import Head

_WHOLE = 4 * 2**20
"""A header up to this size is read as JSON; a larger one is searched, a MiB at a time."""
_STEP, _OVERLAP = 2**20, 512
_TENSOR = re.compile(rb'"dtype"\s*:\s*"(\w{1,12})"\s*,\s*"shape"\s*:\s*\[([\d,\s]{0,200})\]')
_TYPE = re.compile(r"\w{1,12}")
_KEPT = ("format", "modelspec.architecture", "modelspec.title")


def describe(head: Head, count: Count | None = None) -> dict[str, Any]:
    """Return tensors, parameters and precision."""
    count = count or Count()
    (length,) = struct.unpack("<Q", head.read(0, 8))
    if length > _WHOLE:
        return _searched(head, length, count)
    header = json.loads(head.read(8, length))
    words = header.pop("__metadata__", None)
    for name, tensor in header.items():
        shape, kind = tensor["shape"], tensor["dtype"]
        if not _TYPE.fullmatch(kind) or not all(type(one) is int for one in shape):
            raise ValueError("a tensor that is none")
        count.add(kind, shape, name, _size(tensor.get("data_offsets")))
    told = count.told
    if isinstance(words, dict) and (kept := {key: str(words[key])[:100] for key in _KEPT if key in words}):
        told["metadata"] = kept
    return told


def _size(offsets: Any) -> int | None:
    """Return how many bytes lie between two offsets, where these are such."""
    two = isinstance(offsets, list) and len(offsets) == 2 and all(type(one) is int for one in offsets)
    return offsets[1] - offsets[0] if two and offsets[0] <= offsets[1] else None


def _searched(head: Head, length: int, count: Count) -> dict[str, Any]:
    at, before = 8, b""
    while at < length + 8:
        chunk = before + head.read(at, min(_STEP, length + 8 - at))
        end = 0
        for found in _TENSOR.finditer(chunk):
            count.add(found[1].decode(), [int(one) for one in found[2].split(b",") if one.strip()])
            end = found.end()
        before = chunk[max(end, len(chunk) - _OVERLAP) :]
        at += _STEP
    return count.told
