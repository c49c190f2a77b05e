"""Is it a TensorFlow Lite flatbuffer?"""

from __future__ import annotations

from holotype.inspect.head import Head


def sniff(head: Head) -> str | None:
    """Return ``tflite`` or None."""
    return "tflite" if head.first[4:8] == b"TFL3" else None
