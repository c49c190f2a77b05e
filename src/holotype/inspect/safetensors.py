"""Is it safetensors? Eight bytes of header length, then a JSON object that describes the tensors."""

from __future__ import annotations

import json
import struct

from holotype.inspect.head import Head

_LONGEST = 100_000_000
_READ = 2**20


def sniff(head: Head) -> str | None:
    """Return ``safetensors`` or None."""
    if len(head.first) < 10:
        return None
    (length,) = struct.unpack_from("<Q", head.first)
    if not 2 <= length <= min(_LONGEST, head.size - 8) or head.first[8:9] != b"{":
        return None
    if length > _READ:
        return "safetensors" if b'"dtype"' in head.first else None
    header = json.loads(head.read(8, length))
    tensors = [value for key, value in header.items() if key != "__metadata__"]
    return "safetensors" if all(isinstance(t, dict) and "dtype" in t and "shape" in t for t in tensors) else None
