"""Is it CatBoost's own binary format?"""

from __future__ import annotations

from holotype.inspect.head import Head


def sniff(head: Head) -> str | None:
    """Return ``catboost`` or None."""
    return "catboost" if head.first.startswith(b"CBM1") else None
