"""A mock of a tracking server of MLflow, as a polite or as a hostile one would answer.

It stands for a server that a test cannot bend otherwise: one that lists ``..``, cuts answers off, sends more than it
listed, or counts what was asked of it. Real ones are in ``tests/clients``.

    with tracking({"0/run/artifacts/model/MLmodel": b"…"}) as tracker:
        tracker.url, tracker.asked            what was asked: paths, with the range where one was given
        tracker.cut_after = 1_000             end each file's answer after so many bytes
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

_ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts"
_API = "/api/2.0/mlflow"


@dataclass
class Tracker:
    """What the mock has and how it behaves."""

    files: dict[str, bytes]
    runs: dict[str, Any] = field(default_factory=dict)
    models: dict[str, Any] = field(default_factory=dict)
    listing: Callable[[str], Any] | None = None
    token: str | None = None
    ranges: bool = True
    etag: str | None = None
    status: int = 200
    cut_after: int | None = None
    more: bytes = b""
    pause: float = 0.0
    asked: list[str] = field(default_factory=list)
    sent: int = 0
    url: str = ""

    def listed(self, folder: str) -> Any:
        """Return the answer that lists a folder."""
        if self.listing is not None:
            return self.listing(folder)
        found: dict[str, dict[str, Any]] = {}
        for path, content in self.files.items():
            if not folder or path.startswith(f"{folder}/"):
                name, slash, _ = path[len(folder) + bool(folder) :].partition("/")
                row = {"path": name, "is_dir": True} if slash else {"path": name, "is_dir": False}
                found[name] = row if slash else {**row, "file_size": len(content)}
        return {"files": list(found.values())}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    tracker: Tracker

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer as the tracker says."""
        tracker, parts = self.tracker, urlsplit(self.path)
        path, query = unquote(parts.path), parse_qs(parts.query)
        span = self.headers.get("Range", "")
        tracker.asked.append(f"{self.path} {span}".strip())
        if tracker.token and self.headers.get("Authorization") != f"Bearer {tracker.token}":
            self._json(401, {"error_code": "UNAUTHENTICATED", "message": "no"})
        elif tracker.status != 200:
            self._json(tracker.status, {"error_code": "TEMPORARILY_UNAVAILABLE", "message": "later"})
        elif path == _ARTIFACTS:
            self._json(200, tracker.listed(query.get("path", [""])[0]))
        elif path.startswith(f"{_ARTIFACTS}/"):
            self._file(tracker.files.get(path[len(_ARTIFACTS) + 1 :]), span)
        elif path == f"{_API}/runs/get":
            self._one(tracker.runs.get(query["run_id"][0]))
        elif path.startswith(f"{_API}/logged-models/"):
            self._one(tracker.models.get(path.rpartition("/")[2]))
        else:
            self._one(None)

    def _one(self, found: Any) -> None:
        if found is None:
            self._json(404, {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "none"})
        else:
            self._json(200, found)

    def _json(self, status: int, value: Any) -> None:
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _file(self, content: bytes | None, span: str) -> None:
        tracker = self.tracker
        if content is None:
            self._one(None)
            return
        content += tracker.more
        start = int(span.removeprefix("bytes=").rstrip("-")) if span and tracker.ranges else 0
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        if tracker.etag:
            self.send_header("ETag", tracker.etag)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        stop = len(content) if tracker.cut_after is None else min(len(content), start + tracker.cut_after)
        try:
            for at in range(start, stop, 2**16):
                chunk = content[at : min(at + 2**16, stop)]
                self.wfile.write(chunk)
                tracker.sent += len(chunk)
                time.sleep(tracker.pause)
        except OSError:
            pass
        if stop < len(content):
            self.close_connection = True


@contextmanager
def tracking(files: dict[str, bytes], **words: Any) -> Iterator[Tracker]:
    """Run the mock with some files."""
    tracker = Tracker(files, **words)
    handler = type("Handler", (_Handler,), {"tracker": tracker})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    tracker.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield tracker
    finally:
        server.shutdown()
        server.server_close()


def run(run_id: str, artifacts: str, **data: Any) -> dict[str, Any]:
    """Return the answer that tells a run."""
    info = {"run_id": run_id, "run_name": "eager-fox", "experiment_id": "7", "user_id": "ada", "status": "FINISHED"}
    return {"run": {"info": {**info, "artifact_uri": artifacts, "start_time": 1_700_000_000_000}, "data": data}}


def with_a_gap(tracker: Tracker, folder: str) -> Any:
    """Return a listing with a file that need not be there."""
    tracker.listing, kept = None, tracker.listing
    found = tracker.listed(folder)
    tracker.listing = kept
    if folder.endswith("/model") and "gone" not in [one["path"] for one in found["files"]]:
        found["files"].append({"path": "gone", "is_dir": False, "file_size": 10})
    return found


def listing(*names: Any) -> Any:
    """Return a hostile listing: the same names in every folder."""
    return lambda _: {"files": [{"path": name, "is_dir": False, "file_size": 1} for name in names]}


HOSTILE = {
    "parent": listing(".."),
    "path": listing("../x"),
    "absolute": listing("/etc/passwd"),
    "encoded slash": listing("a\\b"),
    "nul": listing("a\0b"),
    "drive": listing("C:"),
    "empty": listing(""),
    "a number": listing(7),
    "clash": listing("model.bin", "Model.bin"),
    "twice": listing("a", "a"),
    "endless folders": lambda _: {"files": [{"path": "deeper", "is_dir": True}]},
    "wide and deep": lambda _: {"files": [{"path": str(n), "is_dir": True} for n in range(100)]},
    "too many": lambda _: {"files": [{"path": f"f{n}", "is_dir": False, "file_size": 1} for n in range(20_001)]},
    "negative": lambda _: {"files": [{"path": "f", "is_dir": False, "file_size": -1}]},
    "absurd": lambda _: {"files": [{"path": "f", "is_dir": False, "file_size": 10**40}]},
    "true": lambda _: {"files": [{"path": "f", "is_dir": False, "file_size": True}]},
    "no rows": lambda _: {"files": ["f"]},
    "no list": lambda _: {"files": {"f": 1}},
    "no object": lambda _: ["f"],
    "no json": lambda _: b"<html>",
    "deep json": lambda _: b"[" * 100_000,
    "nothing": lambda _: {},
}
