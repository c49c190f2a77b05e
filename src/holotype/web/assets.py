"""How do style sheets, scripts and pictures reach a browser? Out of memory, packed once, at an address that never lies.

    /static/<digest of the content>/<name>

The address changes with the content, so a browser may keep what it got for ever.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from holotype.errors import NotFound
from holotype.gateways.answers import Answer, Handler
from holotype.gateways.base import PUBLIC, Request

_FOLDER = files("holotype.web") / "static"
_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
          "txt": "text/plain; charset=utf-8"}  # fmt: skip
_DIGITS, _LONGEST = 12, 100


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that pages load: its bytes, and what is said of them."""

    name: str
    digest: str
    content: bytes
    packed: bytes
    type: str


def address(name: str) -> str:
    """Return the address of a file of ``static``."""
    return f"/static/{_asset(name).digest}/{name}"


@lru_cache(maxsize=64)
def _asset(name: str) -> Asset:
    kind = _TYPES.get(name.rpartition(".")[2])
    place = _FOLDER.joinpath(*name.split("/"))
    if kind is None or ".." in name or len(name) > _LONGEST or not place.is_file():
        raise NotFound(f"There is no file {name[:80]!r}.", hint="Were the pages built? `make setup` builds them.")
    content = place.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:_DIGITS]
    return Asset(name, digest, content, gzip.compress(content, 9, mtime=0), kind)


async def _served(request: Request) -> Any:
    """Send a file; under another digest than its own it is not there."""
    path: dict[str, str] = request.scope["path_params"]
    found = _asset(path["name"].removeprefix("/"))
    if found.digest != path["digest"]:
        raise NotFound("This file is from another version of the server.", hint="Reload the page.")
    headers = [
        (b"content-type", found.type.encode()),
        (b"cache-control", b"public, max-age=31536000, immutable"),
        (b"vary", b"accept-encoding"),
    ]
    taken = any(name == b"accept-encoding" and b"gzip" in value for name, value in request.scope["headers"])
    if taken:
        headers.append((b"content-encoding", b"gzip"))
    return Answer(200, found.packed if taken else found.content, headers)


_served.__annotations__ = {"request": Request, "return": Any}
served = Handler(
    "/static/{digest:str}/{name:path}",
    http_method=["GET", "HEAD"],
    status_code=200,
    opt={"permission": PUBLIC, "asset": Asset("", "", b"", b"", "")},
)(_served)
