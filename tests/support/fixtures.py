"""Which fixtures give a test an empty place in a real database and a real object store?

    database_url   one run on each of sqlite, postgresql: the URL of a database with the schema and nothing in it
    bare_database_url   the same without the schema, for tests of migrations
    store          one run on each of folder, s3: the URL of an empty store; AWS_* variables are set for an s3 store
    backend        one run on each pairing, sqlite+folder and postgresql+s3: both of the above, as one value
    other_backend  a second pairing, on each of them: a test that asks for both backends runs on every pair of pairings
    postgres, s3   the servers themselves, for a test that asks for one backend alone or has to break it

A server starts when the first test of a worker asks for it and is stopped when that worker ends.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.postgres import Postgres, start_postgres
from tests.support.s3 import S3, start_s3
from tests.support.schema import postgres_schema, sqlite_schema

DATABASES = ("sqlite", "postgresql")
STORES = ("folder", "s3")
PAIRINGS = (("sqlite", "folder"), ("postgresql", "s3"))


@dataclass(frozen=True, slots=True)
class Store:
    """An empty object store: its URL, and the variables that a process needs to reach it."""

    url: str
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Backend:
    """An empty database with an empty object store, and the variables that a process needs to reach them."""

    database_url: str
    store_url: str
    environment: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server, one a worker."""
    running = start_postgres()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def s3() -> Iterator[S3]:
    """An S3 server, one a worker."""
    running = start_s3()
    yield running
    running.stop()


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database that was migrated, and in which nothing is yet."""
    yield from _database(request, request.param, tmp_path)


@pytest.fixture(params=DATABASES)
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables."""
    yield from _database(request, request.param, tmp_path, schema=False)


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An empty object store."""
    yield from _store(request, request.param, tmp_path, monkeypatch)


@pytest.fixture(params=PAIRINGS, ids="+".join)
def backend(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    """An empty database with an empty object store."""
    yield from _backend(request, tmp_path, monkeypatch)


@pytest.fixture(params=PAIRINGS, ids="+".join)
def other_backend(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    """A database without tables, as what is restored needs it, with another empty object store."""
    folder = tmp_path / "other"
    folder.mkdir()
    yield from _backend(request, folder, monkeypatch, schema=False)


def _backend(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, schema: bool = True
) -> Iterator[Backend]:
    database_kind, store_kind = request.param
    for url in _database(request, database_kind, tmp_path, schema=schema):
        for place in _store(request, store_kind, tmp_path, monkeypatch):
            yield Backend(url, place.url, place.environment)


def _database(request: pytest.FixtureRequest, kind: str, tmp_path: Path, *, schema: bool = True) -> Iterator[str]:
    """Give a database of one kind, and drop it afterwards."""
    if kind == "sqlite":
        file = tmp_path / "holotype.db"
        if schema:
            file.write_bytes(sqlite_schema())
        yield f"sqlite:///{file}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = f"test_{uuid.uuid4().hex}"
    yield server.create_database(name, template=postgres_schema(server) if schema else "template0")
    server.drop_database(name)


def _store(
    request: pytest.FixtureRequest, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Store]:
    """Give an empty store of one kind, and remove it afterwards."""
    if kind == "folder":
        folder = tmp_path / "store"
        folder.mkdir()
        yield Store(folder.as_uri())
        return
    server: S3 = request.getfixturevalue("s3")
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    bucket = f"test-{uuid.uuid4().hex}"
    yield Store(server.create_bucket(bucket), server.environment)
    server.drop_bucket(bucket)
