"""Which server tells the client lies? One that answers as a test says: the one place where a fake is right."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

import msgspec

from holotype.domain import digest, manifest
from holotype.domain.manifest import File
from holotype.wire.shapes import Version


@dataclass(frozen=True)
class Seen:
    """What the client sent."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Request(BaseHTTPRequestHandler):
    """One request; ``reply`` and ``raw`` are what a test answers with."""

    protocol_version = "HTTP/1.1"
    server: HostileServer

    def handle_one(self) -> None:
        """Record the request and let the test answer."""
        size = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(size)
        self.server.seen.append(Seen(self.command, self.path, dict(self.headers), self.body))
        self.server.answer(self)

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Handle every method in the same way."""
        if name.startswith("do_"):
            return self.handle_one
        raise AttributeError(name)

    @property
    def route(self) -> str:
        """The decoded path without the query."""
        return unquote(urlsplit(self.path).path)

    def reply(self, status: int, body: bytes, content_type: str = "application/json", **headers: str) -> None:
        """Answer in an orderly way."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def problem(self, status: int, code: str, detail: str = "No.", hint: str | None = None, **headers: str) -> None:
        """Answer with a problem."""
        body = {"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail, "hint": hint}
        self.reply(status, json.dumps(body).encode(), "application/problem+json", **headers)

    def hang_up(self) -> None:
        """Close the connection."""
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Stay silent."""


Answer = Callable[[Request], None]


class HostileServer(ThreadingHTTPServer):
    """A server that answers as a test says, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self, answer: Answer) -> None:
        """Listen on a free loopback port."""
        super().__init__(("127.0.0.1", 0), Request)
        self.answer, self.seen = answer, list[Seen]()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent when the client hangs up."""


@contextmanager
def serving(answer: Answer) -> Iterator[HostileServer]:
    """Run a server in a thread."""
    server = HostileServer(answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class OneVersion:
    """Answers like a registry with one version; a test overrides what it lies about."""

    files: dict[str, bytes]
    manifest: bytes = b""
    digest: str = ""
    send: Answer | None = None
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Build the honest manifest."""
        if not self.manifest:
            entries = [File(path, digest.of(content), len(content)) for path, content in self.files.items()]
            self.manifest = manifest.build(entries, b"{}")[0].document.content
        self.digest = self.digest or digest.of(self.manifest)

    def __call__(self, request: Request) -> None:
        """Answer a request."""
        route = request.route
        if route.endswith("/resolve"):
            return request.reply(200, msgspec.json.encode(self.version()))
        if route.endswith("/manifest"):
            return request.reply(200, self.manifest)
        path = route.partition("/files/")[2]
        self.asked.append(path)
        if self.send is not None:
            return self.send(request)
        return honest(request, self.files[path])

    def version(self) -> Version:
        """Return what ``resolve`` answers."""
        now = datetime(2024, 1, 1, tzinfo=UTC)
        return Version(
            reference="risk/fraud:7",
            namespace="risk",
            model="fraud",
            number=7,
            digest=self.digest,
            stage="none",
            stage_changed_at=now,
            aliases=[],
            tags={},
            description="",
            size=1,
            file_count=len(self.files),
            created_at=now,
            created_by="ada",
        )


def honest(request: Request, content: bytes) -> None:
    """Send bytes, or the range of them that was asked for."""
    wanted = request.headers.get("Range")
    if wanted is None:
        return request.reply(200, content, "application/octet-stream")
    start = int(wanted.removeprefix("bytes=").rstrip("-"))
    span = f"bytes {start}-{len(content) - 1}/{len(content)}"
    return request.reply(206, content[start:], "application/octet-stream", Content_Range=span)
