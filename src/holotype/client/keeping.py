"""How are credentials kept on this machine? In the one file of ``credentials``, for this OS user alone.

The file has mode 0600 from its first moment, is replaced whole, and changes under a lock, so that servers and commands
which write at the same time keep each other's entries. A sign-in goes before the token that a server left for its
owner; that one stays beside it (``owner``) and is back after the sign-out.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from holotype.client import credentials
from holotype.errors import LocalProblem

Stored = dict[str, object]


def sign_in(url: str, secret: str) -> Path:
    """Keep the token of a sign-in and ask this registry by default; return where the file is."""

    def add(stored: Stored) -> None:
        before = stored.get(url)
        entry: Stored = {"token": secret, "signed_in": True}
        owner = _owner(before)
        stored[url] = entry | ({"owner": owner} if owner is not None else {})
        stored["default"] = url

    return change(add)


def sign_out(url: str) -> str | None:
    """Forget the token of a sign-in and return it, if there is one; the owner's is back."""
    found: list[str] = []

    def remove(stored: Stored) -> None:
        before = stored.get(url)
        if not isinstance(before, dict) or not before.get("signed_in"):
            return
        found.append(str(before.get("token")))
        owner = _owner(before)
        if owner is not None:
            stored[url] = {"token": owner}
        else:
            del stored[url]

    change(remove)
    return found[0] if found else None


def leave(url: str, secret: str, *, default: Callable[[object], bool]) -> Path:
    """Keep the token of a server's owner, beside a sign-in; ``default`` says which default is replaced."""

    def add(stored: Stored) -> None:
        before = stored.get(url)
        signed_in = isinstance(before, dict) and bool(before.get("signed_in"))
        stored[url] = before | {"owner": secret} if signed_in and isinstance(before, dict) else {"token": secret}
        if default(stored.get("default")):
            stored["default"] = url

    return change(add)


def owner_of(url: str) -> str | None:
    """Return the token that a server left for its owner."""
    return _owner(credentials.load().get(url))


def change(edit: Callable[[Stored], None]) -> Path:
    """Change what is kept, and return where."""
    place = credentials.path()
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(place.with_suffix(".lock")):
            before = credentials.load()
            content = dict(before)
            edit(content)
            if content != before:
                _replace(place, json.dumps(content, indent=2) + "\n")
    except OSError as error:
        raise LocalProblem(
            f"The credentials cannot be written to {place}: {error.strerror}.",
            hint="Set XDG_CONFIG_HOME to a folder that you may write to.",
        ) from error
    return place


def _owner(entry: object) -> str | None:
    if not isinstance(entry, dict):
        return None
    token = entry.get("owner") if entry.get("signed_in") else entry.get("token")
    return token if isinstance(token, str) else None


def _replace(place: Path, text: str) -> None:
    fresh = place.with_name(f".{place.name}.{secrets.token_hex(6)}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(place)
    finally:
        fresh.unlink(missing_ok=True)


@contextmanager
def _locked(place: Path) -> Iterator[None]:
    if os.name != "posix":
        yield
        return
    import fcntl  # noqa: PLC0415 - there is none on Windows

    with os.fdopen(os.open(place, os.O_RDWR | os.O_CREAT, 0o600), "rb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
