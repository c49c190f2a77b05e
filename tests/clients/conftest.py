"""Real clients against real servers: an environment each, a process each, a server for each database."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.clients.environments import python_of
from tests.clients.peers import Peer, peering
from tests.support.fixtures import DATABASES
from tests.support.server import Running, serving

WORKER = Path(__file__).with_name("worker.py")
CLIENTS = ("mlflow-3.18", "mlflow-3.17", "mlflow-2.22")


@dataclass(slots=True)
class Client:
    """A process in a client's environment that runs scenarios against one server."""

    name: str
    server: Running
    folder: Path
    process: subprocess.Popen[str]
    log: Path
    given: dict[str, Any] = field(default_factory=dict)

    def play(self, scenario: str, **given: Any) -> None:
        """Run a scenario to its end; raise what it raised."""
        tag = uuid.uuid4().hex[:10]
        folder = self.folder / tag
        folder.mkdir()
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        asked = {"scenario": scenario, "tag": tag, "folder": str(folder), "given": self.given | given}
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, f"the client's process has ended:\n{self.log.read_text()[-4000:]}"
        error = json.loads(answer)["error"]
        assert error is None, f"{error}\n--- the server's log\n{self.server.log[-3000:]}"


@pytest.fixture(scope="session", params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    """The kind of database that the server uses."""
    return str(request.param)


@pytest.fixture(scope="session")
def server(
    request: pytest.FixtureRequest, database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """A server, as a user would start it."""
    settings: dict[str, object] = {}
    if database == "postgresql":
        settings["database"] = request.getfixturevalue("postgres").create_database(f"clients_{uuid.uuid4().hex}")
    with serving(tmp_path_factory.mktemp(f"server-{database}"), **settings) as running:
        yield running


@pytest.fixture(scope="session")
def client_name(request: pytest.FixtureRequest) -> str:
    """The client that is asked for; a test is parametrised with it."""
    return str(request.param)


@pytest.fixture(scope="session")
def client(client_name: str, server: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A real client, which finds the server by its two variables and nothing else."""
    folder = tmp_path_factory.mktemp(f"{client_name}-{server.settings.get('port')}")
    with playing(client_name, server, folder) as made:
        yield made


@pytest.fixture(scope="session")
def mlflow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """MLflow's own server, whose artifacts go through it."""
    with peering(tmp_path_factory.mktemp("mlflow"), workers=1) as peer:
        yield peer


@contextlib.contextmanager
def playing(name: str, server: Running, folder: Path, *, path: str = "", **more: str) -> Iterator[Client]:
    """Run a client's process for as long as the block lasts; ``more`` are further variables, or empty to unset one."""
    variables = {key: value for key, value in os.environ.items() if not key.startswith(("HOLOTYPE_", "MLFLOW_"))}
    variables |= {
        "MLFLOW_TRACKING_URI": server.url + path,
        "MLFLOW_REGISTRY_URI": server.url + path,
        "MLFLOW_TRACKING_TOKEN": server.token,
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "HOME": str(folder),
        "PYTHONWARNINGS": "ignore",
    }
    log = folder / "client.log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [str(python_of(name)), str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=written,
            text=True,
            env={key: value for key, value in (variables | more).items() if value},
            cwd=folder,
        )
    try:
        yield Client(name, server, folder, process, log, {"url": server.url, "token": server.token})
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
