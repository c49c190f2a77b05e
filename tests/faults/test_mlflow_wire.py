"""Does what is refused in memory stay refused over a real connection, where other programs take addresses apart?"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
from collections.abc import Iterator
from urllib.parse import quote_plus, urlsplit

import pytest

from bench.processes import resident
from tests.support.hostile import artifact_paths
from tests.support.mlflow_api import INTERNALS, KNOWN
from tests.support.server import Running, serving

FILES = "/api/2.0/mlflow-artifacts/artifacts"
SEARCH = "/api/2.0/mlflow/registered-models/search?filter="
LONGEST = 65_534
"""The bytes of an address; the HTTP layer refuses a longer one by itself, without a body."""


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


def check(status: int, body: bytes, about: str, *, problem: bool = False) -> None:
    """Fail unless an answer is harmless and, where it is an error, one of MLflow's; ``problem``: one of our own."""
    assert status < 500 or status == 501, (about, status, body)
    assert b"swordfish" not in body, about
    assert not INTERNALS.search(body.decode("utf-8", "replace")), about
    if status < 400:
        return
    found = json.loads(body)
    if problem:
        assert (found["status"], bool(found["code"]), bool(found["detail"])) == (status, True, True), (about, body)
    else:
        assert set(found) == {"error_code", "message"}, (about, body)
        assert found["error_code"] in KNOWN, about
        assert found["message"], about


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
        check(status, body, f"{method} {target}", problem=target in {"*", "//api/2.0/mlflow/x"})


def quoted_filter(text: str) -> str:
    """Return the address of a search with a filter, encoded as clients do it."""
    return SEARCH + quote_plus(text)


@pytest.mark.parametrize(
    ("target", "wanted"),
    [
        (quoted_filter("name = '" + "a" * 59_990 + "'"), (200, None)),
        (quoted_filter("name = '" + "a" * 60_000 + "'"), (400, "A filter has at most 60,000 characters, not 60,009.")),
        (quoted_filter(" AND ".join(["name != 'x'"] * 2_500)), (400, "A filter has at most 100 clauses")),
        (quoted_filter("name IN (" + ",".join(f"'model-{i:05}'" for i in range(2_600)) + ")"), (200, None)),
        ("/api/2.0/mlflow/registered-models/get?name=" + "a" * 60_000, (400, "Use 1 to 256 printable characters")),
        ("/api/2.0/mlflow/model-versions/search?page_token=" + "a" * 60_000, (400, "")),
        (SEARCH + "a" * (LONGEST - len(SEARCH)), (400, "A filter has at most 60,000 characters")),
    ],
    ids=["longest", "too long", "clauses", "names", "name", "token", "address"],
)
def test_a_long_address_has_an_answer_of_ours(server: Running, target: str, wanted: tuple[int, str | None]) -> None:
    """As long as an address may be, it is read and answered in MLflow's words."""
    assert len(target) <= LONGEST
    status, body = sent(server, f"GET {target} HTTP/1.1")
    check(status, body, target[:200])
    assert status == wanted[0], body
    if wanted[1] is not None:
        assert wanted[1] in json.loads(body)["message"]
        assert json.loads(body)["error_code"] == "INVALID_PARAMETER_VALUE"


@pytest.mark.parametrize(("size", "status"), [(LONGEST + 1, 414), (200_000, 414), (1_000_000, 431), (32_000_000, 431)])
def test_a_longer_address_is_refused_by_the_http_layer(server: Running, size: int, status: int) -> None:
    """Without a body and without reading on, as docs/howto/mlflow.md says; the server serves on, no larger."""
    url, told = urlsplit(server.url), None
    line = f"GET {SEARCH}{'a' * (size - len(SEARCH))} HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n"
    assert server.process is not None
    before = resident(server.process.pid)
    with socket.create_connection((url.hostname or "", url.port or 0), timeout=20) as connection:
        with contextlib.suppress(ConnectionError):  # it has answered by then, and closed
            connection.sendall(line.encode())
        with contextlib.suppress(ConnectionError):
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            told = answer.status, answer.read()
    assert told == (status, b"") or (told is None and size > 500_000), told
    assert resident(server.process.pid) - before < 16 * 2**20
    assert sent(server, "GET /health HTTP/1.1") == (200, b"OK")


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
