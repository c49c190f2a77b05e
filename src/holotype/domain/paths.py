"""Which file paths may a version hold?

Relative, ``/``-separated, in NFC, and writable on every system without escaping or clashing. The server checks them
when a version is registered; the client checks again before it writes, since a server may be hostile.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from holotype.domain import names
from holotype.errors import InvalidPath

_RESERVED = frozenset({"con", "prn", "aux", "nul"} | {f"{d}{n}" for d in ("com", "lpt") for n in "123456789¹²³"})
_FORBIDDEN = frozenset('\\:*?"<>|')
_LIMIT, _PART_LIMIT = 1024, 255


def check(path: str) -> str:
    """Return a path unchanged, or raise ``InvalidPath`` with the reason."""
    reason = _objection(path)
    if reason:
        raise InvalidPath(f"The file path {path[:120]!r} {reason}.", hint="Rename the file and push again.")
    return path


def check_all(paths: Iterable[str]) -> None:
    """Check each path, and that no two of them would meet on a file system that ignores case."""
    seen: dict[str, str] = {}
    folders: dict[str, str] = {}
    for path in paths:
        check(path)
        folded = fold(path)
        if folded in seen:
            raise InvalidPath(f"{path!r} and {seen[folded]!r} differ at most in case.", hint="Rename one of them.")
        seen[folded] = path
        parts = path.split("/")
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            if folders.setdefault(fold(folder), folder) != folder:
                raise InvalidPath(f"The folders {folder!r} and {folders[fold(folder)]!r} differ only in case.")
    for folded, path in seen.items():
        if folded in folders:
            raise InvalidPath(f"{path!r} is both a file and a folder.")


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
