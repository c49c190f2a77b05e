"""How does the person who started a server on this machine get in? Their OS user finds a token in a file.

The file is the client's: ``holotype.client.credentials`` draws it, ``holotype.client.keeping`` writes it.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from holotype.client import keeping
from holotype.gateways.browsers import is_loopback


def kept(url: str) -> str | None:
    """Return the owner's token that the file holds for a URL, if any."""
    return keeping.owner_of(url)


def leave(url: str, secret: str) -> Path:
    """Write the owner's token for a URL into the file, and return where the file is.

    The URL becomes the default of the client unless a server elsewhere is.
    """
    return keeping.leave(url, secret, default=_replaceable)


def _replaceable(default: object) -> bool:
    return not isinstance(default, str) or is_loopback(urlsplit(default).hostname or "")
