"""Is it XGBoost's JSON, UBJSON or former binary format?"""

from __future__ import annotations

import re

from holotype.inspect.head import Head

_JSON = re.compile(rb'\s*\{\s*"(?:learner"\s*:\s*\{|version"\s*:\s*\[[\d,\s]{1,40}\]\s*,\s*"learner")')
_UBJSON = re.compile(rb"\{(?:L\0{7}|l\0{3}|I\0|[iU])[\x07](?:learner\{|version\[)")


def sniff(head: Head) -> str | None:
    """Return ``xgboost`` or None."""
    first = head.first
    if _JSON.match(first) or first.startswith(b"binf"):
        return "xgboost"
    return "xgboost" if _UBJSON.match(first) and b"learner" in first else None
