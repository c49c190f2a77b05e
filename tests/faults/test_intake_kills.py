"""Does a large import survive that the server is killed in the middle of it, and does nobody begin it anew?"""

from __future__ import annotations

import hashlib
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from holotype import Client
from tests.support.fake_tracker import Tracker, tracking
from tests.support.fixtures import Backend
from tests.support.server import Running, serving

PART = 2**19
LARGE = b"".join(hashlib.sha256(bytes([n % 251, n // 251])).digest() * 2_048 for n in range(256))
AT = f"0/{'a' * 32}/artifacts/model"


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    """A tracking server that has a file of 16 MiB, and is in no hurry."""
    with tracking({f"{AT}/MLmodel": b"flavors: {}\n", f"{AT}/weights.bin": LARGE}, pause=0.01) as made:
        yield made


@contextmanager
def registry(folder: Path, backend: Backend, tracker: Tracker, **settings: Any) -> Iterator[Running]:
    """Run a server for which the tracking server is an import source."""
    data = folder / "data"
    data.mkdir(parents=True)
    text = f'[[source]]\nname = "t"\nkind = "mlflow"\nurl = "{tracker.url}"\nnamespaces = ["*"]\n'
    (data / "import-sources.toml").write_text(text)
    settings |= {"database": backend.database_url, "store": backend.store_url, "environment": backend.environment}
    with serving(folder, data=str(data), egress_allow=tracker.url, part_size=PART, **settings) as server:
        yield server


def ask(server: Running, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Speak MLflow's protocol."""
    content = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{server.url}/api/2.0/mlflow/{path}", content, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
            return found
    except urllib.error.HTTPError as error:
        return {"error": json.load(error)}


def begin(server: Running, uri: str = f"mlflow-artifacts:/{AT}") -> None:
    """Create the model and ask for a version of it."""
    ask(server, "POST", "registered-models/create", {"name": "fraud"})
    made = ask(server, "POST", "model-versions/create", {"name": "fraud", "source": uri})
    assert made["model_version"]["status"] == "PENDING_REGISTRATION"


def status(server: Running) -> str:
    """Return the status of the version."""
    found = ask(server, "GET", "model-versions/get?name=fraud&version=1")
    return str(found.get("model_version", {}).get("status", found))


def until(true: Callable[[], bool], seconds: float = 90) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def has_sent(tracker: Tracker, much: int) -> bool:
    """Say whether the tracking server has sent so many bytes."""
    return tracker.sent > much


def check(server: Running, folder: Path) -> None:
    """The version has the bytes that the tracking server has."""
    Client(server.url, server.token).pull("fraud:1", folder)
    assert (folder / "weights.bin").read_bytes() == LARGE


def test_a_killed_server_goes_on_where_it_was(backend: Backend, tracker: Tracker, tmp_path: Path) -> None:
    """Killed twice in the middle of a large file: it becomes ready, whole, and no part was asked for anew."""
    with registry(tmp_path / "one", backend, tracker) as server:
        begin(server)
        for share in (4, 2):
            until(partial(has_sent, tracker, len(LARGE) // share))
            server.kill()
            server.start()
        tracker.pause = 0.0
        until(lambda: status(server) == "READY")
        spans = [int(one.partition("bytes=")[2].rstrip("-") or 0) for one in tracker.asked if "weights" in one]
        assert spans == sorted(set(spans))
        assert spans[-1] >= len(LARGE) // 2 - 8 * PART
        assert tracker.sent < len(LARGE) + 2 * 16 * PART
        check(server, tmp_path / "pulled")


def test_a_stopped_server_lets_another_go_on_at_once(backend: Backend, tracker: Tracker, tmp_path: Path) -> None:
    """It gives the import back, so that nobody waits for its time to be over."""
    with registry(tmp_path / "one", backend, tracker) as server:
        begin(server)
        until(lambda: tracker.sent > len(LARGE) // 4)
        begun = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - begun < 10
        server.start()
        tracker.pause = 0.0
        until(lambda: status(server) == "READY", 20)
        check(server, tmp_path / "pulled")


def test_two_servers_share_the_work(backend: Backend, tracker: Tracker, tmp_path: Path) -> None:
    """Each file is brought by one of them; when one is killed, the other one takes over what it had."""
    with ExitStack() as stack:
        servers = [
            stack.enter_context(registry(tmp_path / name, backend, tracker, keys=str(tmp_path / "keys")))
            for name in ("one", "two")
        ]
        begin(servers[0])
        until(lambda: tracker.sent > len(LARGE) // 4)
        servers[0].kill()
        tracker.pause = 0.0
        until(lambda: status(servers[1]) == "READY")
        assert len([one for one in tracker.asked if "MLmodel" in one]) == 1
        check(servers[1], tmp_path / "pulled")


def test_a_server_stops_although_a_source_hangs(backend: Backend, tmp_path: Path) -> None:
    """Nobody waits for a source that says nothing."""
    gate = threading.Event()

    def hang(_folder: str) -> Any:
        gate.wait(60)
        return {"files": []}

    with tracking({}, listing=hang) as tracker, registry(tmp_path / "one", backend, tracker) as server:
        begin(server)
        until(lambda: bool(tracker.asked))
        begun = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - begun < 10
        gate.set()
