"""Real clients against real servers: an environment each, a process each, a server for each database."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
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
    with serving(tmp_path_factory.mktemp(f"server-{database}"), **kept_in(database, request)) as running:
        yield running


def kept_in(database: str, request: pytest.FixtureRequest) -> dict[str, object]:
    """Return the settings of a server that uses a new database of this kind."""
    if database == "sqlite":
        return {}
    return {"database": request.getfixturevalue("postgres").create_database(f"clients_{uuid.uuid4().hex}")}


@pytest.fixture(scope="session")
def clients(server: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Client]]:
    """Give ``clients("mlflow-3.18")``: starting one takes seconds, so each is started once a server."""
    with contextlib.ExitStack() as stack:

        @cache
        def give(name: str) -> Client:
            folder = tmp_path_factory.mktemp(f"{name}-{server.settings.get('port')}")
            return stack.enter_context(playing(name, server, folder))

        yield give


@pytest.fixture
def client(client_name: str, clients: Callable[[str], Client]) -> Client:
    """A real client, which finds the server by its two variables and nothing else; a test names it."""
    return clients(client_name)


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
