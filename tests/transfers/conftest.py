"""Which server do tests of pushing and pulling talk to? A real one, on each pairing of backends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from holotype import Client
from tests.support.fixtures import Backend
from tests.support.server import Running, serving


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep credentials and receipts of the user who runs the tests out of them."""
    for name in ("HOLOTYPE_URL", "HOLOTYPE_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nobody"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def server(backend: Backend, tmp_path: Path) -> Iterator[Running]:
    """A server on each pairing of database and store."""
    settings = {"database": backend.database_url, "store": backend.store_url}
    with serving(tmp_path / "server", environment=backend.environment, **settings) as running:
        yield running


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Running]:
    """A server on SQLite and a folder, for what has nothing to do with the backend."""
    with serving(tmp_path / "server") as running:
        yield running


@pytest.fixture
def client(server: Running) -> Iterator[Client]:
    """The owner's client of ``server``."""
    with Client(server.url, server.token) as made:
        yield made
