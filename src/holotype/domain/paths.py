"""Which file paths may a version hold?

Relative, ``/``-separated, in NFC, and writable on every system without escaping or clashing. The server checks them
when a version is registered; the client checks again before it writes, since a server may be hostile.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import pairwise

from holotype.domain import names
from holotype.errors import InvalidPath

_RESERVED = frozenset({"con", "prn", "aux", "nul"} | {f"{d}{n}" for d in ("com", "lpt") for n in "123456789¹²³"})
_FORBIDDEN = frozenset('\\:*?"<>|')
_LIMIT, _PART_LIMIT = 1024, 255
_FIRST = "\0"
"""What no path holds and what comes before every character: with it for ``/``, paths sort part by part."""


def check(path: str) -> str:
    """Return a path unchanged, or raise ``InvalidPath`` with the reason."""
    reason = _objection(path)
    if reason:
        raise InvalidPath(f"The file path {path[:120]!r} {reason}.", hint="Rename the file and push again.")
    return path


def check_all(paths: Iterable[str]) -> None:
    """Check each path, and that no two of them would meet on a file system that ignores case.

    Sorted part by part, what lies in one folder lies together, and a file right before what would lie in it: so each
    path need only be compared with the one before, however deep the paths are.
    """
    given = sorted((fold(check(path)).replace("/", _FIRST), path) for path in paths)
    for (folded, path), (other_folded, other) in pairwise(given):
        if folded == other_folded:
            raise InvalidPath(f"{other!r} and {path!r} differ at most in case.", hint="Rename one of them.")
        if other_folded.startswith(folded + _FIRST):
            raise InvalidPath(f"{path!r} is both a file and a folder.")
        _check_folders(path, folded, other, other_folded)


def _check_folders(path: str, folded: str, other: str, other_folded: str) -> None:
    parts, other_parts = path.split("/")[:-1], other.split("/")[:-1]
    for depth, forms in enumerate(zip(folded.split(_FIRST), other_folded.split(_FIRST), parts, other_parts)):  # noqa: B905
        if forms[0] != forms[1]:
            return
        if forms[2] != forms[3]:
            folders = ["/".join(each[: depth + 1]) for each in (parts, other_parts)]
            raise InvalidPath(f"The folders {folders[0]!r} and {folders[1]!r} differ only in case.")


def fold(path: str) -> str:
    """Return the form in which two paths are equal on a system that ignores case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())


def _objection(path: str) -> str | None:
    if not path:
        return "is empty"
    if not names.printable(path):
        return "holds control characters"
    if path != unicodedata.normalize("NFC", path):
        return "is not in Unicode normal form C"
    if len(path.encode()) > _LIMIT:
        return f"is longer than {_LIMIT} bytes"
    if path.startswith("/"):
        return "is absolute"
    forbidden = sorted(_FORBIDDEN & set(path))
    if forbidden:
        return f"holds {forbidden[0]!r}"
    return next(filter(None, map(_part_objection, path.split("/"))), None)


def _part_objection(part: str) -> str | None:
    if part in ("", ".", ".."):
        return f"has the part {part!r}"
    if len(part.encode()) > _PART_LIMIT:
        return f"has a part longer than {_PART_LIMIT} bytes"
    if part != part.strip(" ") or part.endswith("."):
        return f"has the part {part!r}, which begins or ends with a blank or ends with a dot"
    if part.split(".", 1)[0].rstrip(" ").casefold() in _RESERVED:
        return f"has the part {part!r}, which is reserved on Windows"
    return None
