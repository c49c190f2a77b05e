"""How does the person who started a server on this machine get in? Their OS user finds a token in a file.

The file is the client's (``holotype.client.credentials`` draws it): mode 0600 from its first moment, replaced whole,
under a lock so that servers that start together keep each other's entries.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from holotype.client import credentials
from holotype.errors import LocalProblem
from holotype.gateways.browsers import is_loopback


def kept(url: str) -> str | None:
    """Return the token that the file holds for a URL, if any."""
    entry = credentials.load().get(url)
    token = entry.get("token") if isinstance(entry, dict) else None
    return token if isinstance(token, str) else None


def leave(url: str, secret: str) -> Path:
    """Write a token for a URL into the file, and return where the file is.

    The URL becomes the default of the client unless a server elsewhere is.
    """
    place = credentials.path()
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(place.with_suffix(".lock")):
            before = credentials.load()
            content = dict(before)
            content[url] = {"token": secret}
            if _replaceable(content.get("default")):
                content["default"] = url
            if content != before:
                _replace(place, json.dumps(content, indent=2) + "\n")
    except OSError as error:
        raise LocalProblem(
            f"The owner's credentials cannot be written to {place}: {error.strerror}.",
            hint="Set XDG_CONFIG_HOME to a folder that you may write to.",
        ) from error
    return place


def _replaceable(default: object) -> bool:
    return not isinstance(default, str) or is_loopback(urlsplit(default).hostname or "")


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
