"""Is it Parquet? The same four bytes at both ends."""

from __future__ import annotations

from holotype.inspect.head import Head


def sniff(head: Head) -> str | None:
    """Return ``parquet`` or None."""
    return "parquet" if head.first.startswith(b"PAR1") and head.read(head.size - 4, 4) == b"PAR1" else None
