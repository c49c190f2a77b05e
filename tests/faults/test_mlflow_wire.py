"""Does what is refused in memory stay refused over a real connection, where other programs take addresses apart?"""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.support.hostile import artifact_paths
from tests.support.mlflow_api import INTERNALS, KNOWN
from tests.support.server import Running, serving

FILES = "/api/2.0/mlflow-artifacts/artifacts"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server, beside a file that nobody may see."""
    folder = tmp_path_factory.mktemp("wire")
    (folder / "secret.txt").write_text("swordfish")
    with serving(folder) as running:
        yield running


def sent(server: Running, line: str, body: bytes = b"", *lines: str) -> tuple[int, bytes]:
    """Send a request as it is, byte for byte, and return status and body of the answer."""
    url = urlsplit(server.url)
    head = [
        line,
        f"Host: {url.netloc}",
        f"Authorization: Bearer {server.token}",
        f"Content-Length: {len(body)}",
        *lines,
    ]
    text = "\r\n".join([*head, f"Content-Length: {len(body)}", "Connection: close", "", ""])
    with socket.create_connection((url.hostname or "", url.port or 0), timeout=20) as connection:
        connection.sendall(text.encode("utf-8", "surrogateescape") + body)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return answer.status, answer.read()


def check(status: int, body: bytes, about: str) -> None:
    """Fail unless an answer is an error of MLflow's, of HTTP itself, or harmless."""
    assert status < 500 or status == 501, (about, status, body)
    assert b"swordfish" not in body, about
    assert not INTERNALS.search(body.decode("utf-8", "replace")), about
    if status >= 400 and body.startswith(b'{"error_code"'):
        assert json.loads(body)["error_code"] in KNOWN, about


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_no_path_leads_out_of_the_artifacts(server: Running, method: str) -> None:
    """Encoded once, twice, badly or not at all: the secret stays where it is, and is not seen."""
    secret = server.folder / "secret.txt"
    before = {path for path in server.folder.parent.rglob("*") if path.is_file()}
    for path in artifact_paths(str(secret)):
        line = f"{method} {FILES}/{path.replace(' ', '%20')} HTTP/1.1"
        status, body = sent(server, line, b"x" if method == "PUT" else b"")
        check(status, body, line)
        assert method == "GET" or status >= 400, (line, status, body)
    assert secret.read_text() == "swordfish"
    new = {path for path in server.folder.parent.rglob("*") if path.is_file()} - before
    assert not [path for path in new if "data" not in path.parts and "config" not in path.parts], new


@pytest.mark.parametrize(
    "target",
    [
        "/api/2.0/mlflow/registered-models/get?name=%ff%fe", "/api/2.0/mlflow/registered-models/get?name=%",
        "/api/2.0/mlflow/%2e%2e/%2e%2e/v1/whoami", "/api/2.0/mlflow/../../v1/whoami", "//api/2.0/mlflow/x",
        "/mlflow//api/2.0/x", "/mlflow/%2e%2e/api/2.0/mlflow/registered-models/search",
        "/mlflow/a%2fb/api/2.0/mlflow/registered-models/search",
        "/mlflow/%00/api/2.0/mlflow/registered-models/search", "/mlflow/%ed%a0%80/version", "/mlflow/%c0%ae/version",
        "/api/3.0/mlflow/workspaces/%ff", "/api/3.0/mlflow/workspaces/..", "/api/3.0/mlflow/workspaces/%2e%2e%2f",
        "/api/2.0/" + "x" * 7_000, "http://elsewhere.example/api/2.0/mlflow/registered-models/search",
        "/api/2.0/mlflow/registered-models/search#x", "*",
    ],
)  # fmt: skip
def test_no_address_makes_it_fail(server: Running, target: str) -> None:
    """Whatever stands in the first line."""
    for method in ("GET", "POST", "DELETE", "OPTIONS", "M-SEARCH"):
        status, body = sent(server, f"{method} {target} HTTP/1.1", b"{}" if method != "GET" else b"")
        check(status, body, f"{method} {target}")


@pytest.mark.parametrize(
    "lines",
    [
        ["X-MLFLOW-WORKSPACE: ../x"], ["X-MLFLOW-WORKSPACE: \udcff"],
        ["X-MLFLOW-WORKSPACE: a", "X-MLFLOW-WORKSPACE: b"], ["Authorization: Basic x"], ["Content-Type: \udcff"],
        ["Content-Type: text/plain"], ["X-MLFLOW-WORKSPACE: " + "x" * 6_000], ["Content-Encoding: gzip"],
        ["Content-Type: application/json", "Content-Type: text/plain"], ["Cookie: " + "a=b; " * 1_000],
    ],
)  # fmt: skip
def test_no_header_makes_it_fail(server: Running, lines: list[str]) -> None:
    """Odd ones, and those that are given twice."""
    status, body = sent(server, "POST /api/2.0/mlflow/registered-models/create HTTP/1.1", b'{"name": 1}', *lines)
    check(status, body, str(lines))
    assert status >= 400


def test_the_prefix_leads_to_everything(server: Running) -> None:
    """What a client asks below an address with a namespace in it."""
    for path, wanted in (("/health", b"OK"), ("/version", b"3.18.0+holotype"), ("/mlflow/default/health", b"OK")):
        assert sent(server, f"GET {path} HTTP/1.1") == (200, wanted)
    status, body = sent(server, "GET /mlflow/default/api/3.0/mlflow/server-info HTTP/1.1")
    assert (status, json.loads(body)["workspaces_enabled"]) == (200, True)
