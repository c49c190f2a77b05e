"""A mock of an MLflow server, for answers that a real one never gives: lies, loops, faults and floods.

    with mocking() as mock:
        mock.version("fraud", 1, files={"model.bin": b"weights"})
        mock.answers["/api/2.0/mlflow/runs/get"] = lambda asked: (500, b"")

It answers well unless ``answers`` says otherwise for a path; ``asked`` lists what was asked, with its headers.
"""

from __future__ import annotations

import contextlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

API = "/api/2.0/mlflow"
PROXY = "/api/2.0/mlflow-artifacts/artifacts"
CREATED = 1_620_000_000_123
Asked = dict[str, list[str]]
Given = tuple[int, bytes] | tuple[int, bytes, dict[str, str]]
_ABOVE = re.compile(r"name = (?P<q>['\"])(?P<name>.*)(?P=q) AND version_number > (?P<last>\d+)(?P<prompt> AND .*)?")


@dataclass(slots=True)
class Mock:
    """What the mock has, and how it misbehaves."""

    url: str = ""
    models: dict[str, dict[str, Any]] = field(default_factory=dict)
    versions: dict[str, dict[int, dict[str, Any]]] = field(default_factory=dict)
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    answers: dict[str, Callable[[Asked], Given]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def model(self, name: str, **more: Any) -> dict[str, Any]:
        """Add a model, or change one."""
        found = self.models.setdefault(
            name, {"name": name, "creation_timestamp": CREATED, "last_updated_timestamp": CREATED, "aliases": []}
        )
        found |= more
        self.versions.setdefault(name, {})
        return found

    def version(self, name: str, number: int, files: dict[str, bytes] | None = None, **more: Any) -> dict[str, Any]:
        """Add a version with its files below the artifact proxy, or change one."""
        self.model(name)
        root = f"0/{number}-{abs(hash(name))}/artifacts/model"
        self.files |= {f"{root}/{path}": content for path, content in (files or {}).items()}
        made = {
            "name": name,
            "version": str(number),
            "creation_timestamp": CREATED + number,
            "last_updated_timestamp": CREATED + number,
            "current_stage": "None",
            "source": f"mlflow-artifacts:/{root}" if files else "s3://bucket/model",
            "status": "READY",
        }
        found: dict[str, Any] = self.versions[name].setdefault(number, made)
        found |= more
        return found

    def answer(self, path: str, asked: Asked) -> Given:
        """Return status and body, perhaps headers."""
        if path in self.answers:
            return self.answers[path](asked)
        one = {key: values[0] for key, values in asked.items()}
        if path == f"{API}/registered-models/search":
            return self._models(one)
        if path == f"{API}/registered-models/get":
            return _found("registered_model", self._shown(one["name"]) if one["name"] in self.models else None)
        if path == f"{API}/model-versions/search":
            return self._versions(one)
        if path.startswith(f"{API}/model-versions/get"):
            found = self.versions[one["name"]].get(int(one["version"]))
            if path.endswith("get-download-uri") and found is not None:
                return 200, json.dumps({"artifact_uri": found["source"]}).encode()
            return _found("model_version", found)
        if path == f"{API}/runs/get":
            return _found("run", self.runs.get(one["run_id"]))
        return self._file(path, one)

    def _shown(self, name: str) -> dict[str, Any]:
        newest = list(self.versions[name].values())[-1:]
        return self.models[name] | {"latest_versions": newest}

    def _models(self, one: dict[str, str]) -> Given:
        if "filter" in one:
            return 200, b"{}"
        start, names = int(one.get("page_token", 0)), sorted(self.models)
        size = int(one["max_results"])
        page: dict[str, Any] = {"registered_models": [self._shown(name) for name in names[start : start + size]]}
        if start + size < len(names):
            page["next_page_token"] = str(start + size)
        return 200, json.dumps(page).encode()

    def _versions(self, one: dict[str, str]) -> Given:
        wanted = _ABOVE.fullmatch(one["filter"])
        assert wanted is not None, one["filter"]
        found = [v for n, v in sorted(self.versions[wanted["name"]].items()) if n > int(wanted["last"])]
        return 200, json.dumps({"model_versions": found[: int(one["max_results"])]}).encode()

    def _file(self, path: str, one: dict[str, str]) -> Given:
        if path == PROXY:
            root = one["path"].strip("/") + "/"
            names = {name.removeprefix(root).split("/")[0]: name for name in self.files if name.startswith(root)}
            listed = [
                {"path": short, "is_dir": root + short not in self.files}
                | ({"file_size": len(self.files[root + short])} if root + short in self.files else {})
                for short in names
            ]
            return 200, json.dumps({"files": listed}).encode()
        content = self.files.get(unquote(path.removeprefix(PROXY + "/")))
        return _found("file", None) if content is None else (200, content)


@contextlib.contextmanager
def mocking() -> Iterator[Mock]:
    """Run a mock until the block ends."""
    mock = Mock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            mock.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            status, body, *more = mock.answer(parts.path, parse_qs(parts.query, keep_blank_values=True))
            headers = {"Content-Type": "application/json", "Content-Length": str(len(body))} | dict(*more)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)
            if headers["Content-Length"] != str(len(body)):
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that it has
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    mock.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield mock
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _found(name: str, value: dict[str, Any] | None) -> Given:
    if value is None:
        return 404, json.dumps({"error_code": "RESOURCE_DOES_NOT_EXIST", "message": f"no {name}"}).encode()
    return 200, json.dumps({name: value}).encode()
