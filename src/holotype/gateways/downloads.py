"""Which bytes of a file does a request want? The whole, one range, or nothing because the caller has it already."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

from holotype.artifacts.store import BlobStore
from holotype.gateways import octets
from holotype.gateways.base import Request
from holotype.gateways.octets import Sending


@dataclass(frozen=True, slots=True)
class Download:
    """What a file's download is answered with: 200, 206, 304 or 416, its headers, and which bytes."""

    status: int
    headers: dict[str, str]
    digest: str
    size: int
    start: int = 0
    stop: int = 0
    brief: dict[str, str] = field(default_factory=dict)
    """The headers of an answer without the file."""

    def sending(self, store: BlobStore) -> Sending:
        """Return what sends the bytes."""
        return Sending(store, self.digest, self.size, self.start, self.stop, self.status, self.headers)


def wanted(request: Request, path: str, digest: str, size: int) -> Download:
    """Return what a request for a file is answered with; its ETag is the file's digest."""
    headers = _headers(path, digest)
    etag, known = headers["ETag"], request.headers.get("if-none-match", "")
    if etag in known or known == "*":
        return Download(304, headers, digest, size, brief={key: headers[key] for key in ("ETag", "Cache-Control")})
    asked = octets.within(request.headers.get("range", ""), size)
    if asked is not None and request.headers.get("if-range", etag) != etag:
        asked = None
    start, stop = asked or (0, size)
    if asked is not None and start >= stop:
        return Download(416, headers, digest, size, brief={"Content-Range": f"bytes */{size}"})
    if asked is not None:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    headers["Content-Length"] = str(stop - start)
    return Download(200 if asked is None else 206, headers, digest, size, start, stop)


def _headers(path: str, digest: str) -> dict[str, str]:
    name = path.rpartition("/")[2]
    return {
        "Content-Type": octets.MEDIA_TYPE,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        **octets.digest_headers(digest),
    }
