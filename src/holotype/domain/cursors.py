"""Where does the next page begin? A cursor says so: opaque, versioned, and of no use for any other list.

It holds the key and id of the last row, bound by a checksum to the query and order that it belongs to. It is no
secret and gives no right: what a caller may see is decided anew for each page.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math

from holotype.errors import Invalid

Key = str | int | float | None
_VERSION = 1
_LONGEST, _LONGEST_KEY = 2_000, 300
_LARGEST = 2**63


def write(binding: str, key: Key, row_id: int) -> str:
    """Return the cursor behind a row of the list that ``binding`` (query, order, what is listed) describes."""
    content = json.dumps([_VERSION, _checksum(binding), key, row_id], separators=(",", ":"))
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def read(cursor: str, binding: str) -> tuple[Key, int]:
    """Return the key and id behind which the page begins, or raise ``Invalid``."""
    version, checksum, key, row_id = _parts(cursor)
    if version != _VERSION:
        raise Invalid("The cursor is of another version of Holotype.", hint="Begin again with the first page.")
    if not _is_key(key) or not _is_whole(row_id):
        raise _broken()
    if checksum != _checksum(binding):
        raise Invalid(
            "The cursor belongs to another list.", hint="Send it with the query and the sort that it was given for."
        )
    return key, row_id  # type: ignore[return-value]  # both were checked above


def _parts(cursor: str) -> list[object]:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        found = json.loads(raw) if len(cursor) <= _LONGEST else None
    except (ValueError, binascii.Error, RecursionError):
        found = None
    if not isinstance(found, list) or len(found) != 4:
        raise _broken()
    return found


def _is_key(key: object) -> bool:
    if key is None or isinstance(key, str):
        return key is None or (len(key) <= _LONGEST_KEY and _storable(key))
    return _is_whole(key) or (isinstance(key, float) and math.isfinite(key))


def _storable(key: str) -> bool:
    """Say whether both databases take a text: NUL is none to PostgreSQL, half a surrogate pair to neither."""
    return "\0" not in key and not any("\ud800" <= letter <= "\udfff" for letter in key)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -_LARGEST <= value < _LARGEST


def _broken() -> Invalid:
    return Invalid("This is not a cursor.", hint="Take `next` of the page before, unchanged, or begin without one.")


def _checksum(binding: str) -> str:
    return hashlib.sha256(binding.encode()).hexdigest()[:16]
