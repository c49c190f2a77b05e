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
from collections.abc import Sequence

from holotype.errors import Invalid

Key = str | int | float | None
_VERSION = 1
_LONGEST, _LONGEST_KEY = 2_000, 300
_LARGEST = 2**63


def write(binding: str, key: Key, row_id: int) -> str:
    """Return the cursor behind a row of the list that ``binding`` (query, order, what is listed) describes."""
    return _coded([_VERSION, _checksum(binding), key, row_id])


def read(cursor: str, binding: str) -> tuple[Key, int]:
    """Return the key and id behind which the page begins, or raise ``Invalid``."""
    version, checksum, key, row_id = _parts(cursor)
    if version != _VERSION:
        raise Invalid("The cursor is of another version of Holotype.", hint="Begin again with the first page.")
    if not _is_key(key) or not _is_whole(row_id):
        raise _broken()
    if checksum != _checksum(binding):
        raise _foreign()
    return key, row_id  # type: ignore[return-value]  # both were checked above


def write_all(binding: str, keys: Sequence[str | int]) -> str:
    """Return the cursor behind a row of a list whose order has several keys, which leave no two rows alike."""
    return _coded([_VERSION, _checksum(binding), *keys])


def read_all(cursor: str, binding: str, kinds: Sequence[type[str | int]]) -> tuple[str | int, ...]:
    """Return the keys behind which the page begins, each of its kind, or raise ``Invalid``."""
    version, checksum, *keys = _parts(cursor, 2 + len(kinds))
    fitting = all(type(key) is kind and _is_key(key) for key, kind in zip(keys, kinds, strict=True))
    if version != _VERSION or not fitting:
        raise _broken()
    if checksum != _checksum(binding):
        raise _foreign()
    return tuple(keys)  # type: ignore[arg-type]  # each was checked above


def _coded(content: list[object]) -> str:
    text = json.dumps(content, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _parts(cursor: str, many: int = 4) -> list[object]:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        found = json.loads(raw) if len(cursor) <= _LONGEST else None
    except (ValueError, binascii.Error, RecursionError):
        found = None
    if not isinstance(found, list) or len(found) != many:
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


def _foreign() -> Invalid:
    return Invalid(
        "The cursor belongs to another list.", hint="Send it with the query and the sort that it was given for."
    )


def _checksum(binding: str) -> str:
    return hashlib.sha256(binding.encode()).hexdigest()[:16]
