"""Is it LightGBM's text format?"""

from __future__ import annotations

import re

from holotype.inspect.head import Head

_START = re.compile(rb"tree\r?\nversion=v\d")


def sniff(head: Head) -> str | None:
    """Return ``lightgbm`` or None."""
    return "lightgbm" if _START.match(head.first) else None
