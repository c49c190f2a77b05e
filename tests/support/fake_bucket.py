"""A mock of a bucket's service, as a polite or as a hostile one would answer: in the words of S3, or of Azure.

It stands for what a test cannot bend otherwise: one that sends us elsewhere, lists for ever, or counts what was asked
of it. A real S3 server is in ``tests/support/s3.py``; that the signatures are right is compared with another client's.

    with bucket({"models/a/x": b"…"}) as lake:
        lake.url, lake.asked                 what was asked: addresses, with the headers
        lake.elsewhere = "http://…"          send everybody there
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

NAME = "lake"


@dataclass
class Lake:
    """What the mock has and how it behaves."""

    files: dict[str, bytes]
    page: int = 1_000
    elsewhere: str | None = None
    listing: Callable[[str, int], bytes] | None = None
    ranges: bool = True
    status: int = 200
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    url: str = ""

    def listed(self, asked: dict[str, str]) -> bytes:
        """Return the answer that lists what begins in one way, in the words of whom it was asked as."""
        azure = asked.get("comp") == "list"
        first = int(asked.get("marker" if azure else "continuation-token", "0"))
        if self.listing is not None:
            return self.listing(asked["prefix"], first)
        most = min(self.page, int(asked.get("maxresults" if azure else "max-keys", "1000")))
        names = sorted(name for name in self.files if name.startswith(asked["prefix"]))
        chosen, after = names[first : first + most], first + most if first + most < len(names) else 0
        return (_azure if azure else _s3)({name: self.files[name] for name in chosen}, str(after or ""))


def etag(content: bytes) -> str:
    """Return the state of a file."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _s3(files: dict[str, bytes], after: str) -> bytes:
    items = "".join(
        f"<Contents><Key>{escape(name)}</Key><ETag>&quot;{etag(content)}&quot;</ETag><Size>{len(content)}</Size></Contents>"
        for name, content in files.items()
    )
    more = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{after}</NextContinuationToken>" if after else ""
    space = "http://s3.amazonaws.com/doc/2006-03-01/"
    return f'<?xml version="1.0"?><ListBucketResult xmlns="{space}">{items}{more}</ListBucketResult>'.encode()


def _azure(files: dict[str, bytes], after: str) -> bytes:
    items = "".join(
        f"<Blob><Name>{escape(name)}</Name><Properties><Content-Length>{len(content)}</Content-Length>"
        f"<Etag>{etag(content)}</Etag><ResourceType>{'file' if content else 'directory'}</ResourceType>"
        "</Properties></Blob>"
        for name, content in files.items()
    )
    body = f"<EnumerationResults><Blobs>{items}</Blobs><NextMarker>{after}</NextMarker></EnumerationResults>"
    return f'<?xml version="1.0" encoding="utf-8"?>{body}'.encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    lake: Lake

    def do_GET(self) -> None:
        lake, parts = self.lake, urlsplit(self.path)
        lake.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        given = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        if lake.elsewhere is not None:
            self._answer(307, b"", Location=f"{lake.elsewhere}{self.path}")
        elif lake.status != 200:
            self._answer(lake.status, b"")
        elif "list-type" in given or "comp" in given:
            self._answer(200, lake.listed(given))
        else:
            self._file(unquote(parts.path).partition(f"/{NAME}/")[2])

    do_CONNECT = do_GET  # noqa: N815 - as the library asks

    def _file(self, name: str) -> None:
        content = self.lake.files.get(name)
        if content is None:
            self._answer(404, b"")
            return
        mark = f'"{etag(content)}"'
        if self.headers.get("If-Match", mark) != mark:
            self._answer(412, b"")
            return
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        if self.lake.ranges:
            where = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self._answer(206, content[start:], ETag=mark, **{"Content-Range": where})
        else:
            self._answer(200, content, ETag=mark)

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def bucket(files: dict[str, bytes]) -> Iterator[Lake]:
    """Run a mock with the bucket ``lake``, which has these files, for as long as the block lasts."""
    lake = Lake(files)
    handler = type("Handler", (_Handler,), {"lake": lake})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        lake.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield lake
        server.shutdown()
