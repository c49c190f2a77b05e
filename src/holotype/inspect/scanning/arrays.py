"""Does the header of a NumPy file announce bytes and nothing else? Anything else may be a pickle of objects.

It is read as NumPy reads it, as a literal of Python: what is written twice counts the second time, and letters may hide
behind escapes. Only the types that NumPy itself writes for numbers, texts and moments are taken for such.
"""

from __future__ import annotations

import ast
import re

_PLAIN = re.compile(r"[<>|=]?(?:[fiucbmM?]\d{0,2}|[SUVa]\d{1,9})(?:\[\w{1,8}\])?")
_LONG = re.compile(r"(\d)L\b")
_DEEPEST = 20


def is_numbers(header: bytes) -> bool:
    """Say whether an array with this header is read without a pickle."""
    text = header.decode("latin-1")
    for written in (text, _LONG.sub(r"\1", text)):  # Python 2 marked its long numbers
        try:
            found = ast.literal_eval(written.strip())
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            continue
        return isinstance(found, dict) and _is_plain(found.get("descr"), _DEEPEST)
    return False


def _is_plain(kind: object, deeper: int) -> bool:
    """Say whether a type of elements is bytes: by a name, with a shape, or a record of such."""
    if isinstance(kind, str):
        return _PLAIN.fullmatch(kind) is not None
    if not deeper:
        return False
    if isinstance(kind, tuple):
        return len(kind) == 2 and _is_plain(kind[0], deeper - 1)
    if isinstance(kind, list):
        fields = [one for one in kind if isinstance(one, tuple) and len(one) in (2, 3)]
        return 0 < len(fields) == len(kind) and all(_is_plain(one[1], deeper - 1) for one in fields)
    return False
