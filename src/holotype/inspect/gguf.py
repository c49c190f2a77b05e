"""Is it GGUF, the format of llama.cpp?"""

from __future__ import annotations

import struct

from holotype.inspect.head import Head


def sniff(head: Head) -> str | None:
    """Return ``gguf`` or None."""
    if not head.first.startswith(b"GGUF"):
        return None
    version = head.first[4:8]
    (little,), (big,) = struct.unpack("<I", version), struct.unpack(">I", version)
    return "gguf" if min(little, big) in range(1, 256) else None
