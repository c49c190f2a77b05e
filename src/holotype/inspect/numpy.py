"""Is it one NumPy array? Archives of several are zip files: see ``zips``."""

from __future__ import annotations

from holotype.inspect.head import Head


def sniff(head: Head) -> str | None:
    """Return ``npy`` or None."""
    return "npy" if head.first.startswith(b"\x93NUMPY") and head.first[6:7] in (b"\x01", b"\x02", b"\x03") else None
