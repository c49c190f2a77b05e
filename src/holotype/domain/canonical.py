"""Which JSON is the one that everybody hashes alike? That of RFC 8785; here what a quicker library writes.

It writes the same bytes as RFC 8785 where no key lies beyond the first plane of Unicode, and no number is a float that
JavaScript writes in another way. That is nearly always so; else ``quick`` gives nothing, and the caller asks a library
that knows every case. A test compares the two.
"""

from __future__ import annotations

from typing import Any

import msgspec

_EXACT = 2**53
_SMALL, _LARGE = 1e-4, 1e16
_encode = msgspec.json.Encoder(order="sorted").encode


def quick(value: Any) -> bytes | None:
    """Return canonical JSON, or nothing where the quicker library would write other bytes than RFC 8785."""
    try:
        return _encode(value) if _plain(value) else None
    except UnicodeEncodeError:  # half a character, which the standard refuses
        return None


def _plain(value: Any) -> bool:
    """Say whether the quicker library writes a value like the standard; texts, the most of them, are seen at once."""
    kind = type(value)
    if kind is dict:
        for key, item in value.items():
            if type(key) is not str or not key.isascii() or not (type(item) is str or _plain(item)):
                return False
        return True
    if kind is str or value is None or kind is bool:
        return True
    if kind is float:
        return bool(_SMALL <= abs(value) < _LARGE and value % 1)
    if kind is int:
        return bool(-_EXACT < value < _EXACT)
    return kind in (list, tuple) and all(map(_plain, value))
