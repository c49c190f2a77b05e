"""Does a server outlive a restart of its PostgreSQL?"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import psycopg
import pytest
import sqlalchemy as sa

from holotype.db import Database, connect
from holotype.errors import Unavailable
from tests.support.postgres import Postgres, start_postgres
from tests.support.processes import Server, start_server, unprivileged_user


@dataclass(slots=True)
class Workers:
    """Threads that write and read without pause, and what they were told."""

    database: Database
    stop: threading.Event = field(default_factory=threading.Event)
    saved: list[int] = field(default_factory=list)
    refused: int = 0

    def work(self, worker: int) -> None:
        """Insert one row after the other; an ``Unavailable`` is the only error that may come."""
        number = worker
        while not self.stop.is_set():
            number += 100
            try:
                with self.database.write() as tx:
                    tx.execute(sa.text("INSERT INTO item VALUES (:id)"), {"id": number})
                self.saved.append(number)
                with self.database.read() as tx:
                    tx.execute(sa.text("SELECT 1"))
            except Unavailable:
                self.refused += 1
                self.stop.wait(0.02)


@pytest.fixture
def own() -> Iterator[Postgres]:
    """A PostgreSQL that belongs to one test."""
    running = start_postgres()
    yield running
    running.stop()


def _restart(own: Postgres) -> Server:
    own.server.process.send_signal(own.server.stop_signal)
    own.server.process.wait(timeout=30)
    arguments = own.server.process.args
    assert isinstance(arguments, list)

    def answers(_: int) -> bool:
        try:
            own.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    log = own.folder / "log"
    return start_server(
        lambda _: arguments, log, user=unprivileged_user(), stop_signal=own.server.stop_signal, ready=answers
    )


def test_verbs_go_on_after_a_restart_of_postgresql(own: Postgres) -> None:
    """Whoever is refused is told so, whatever was acknowledged is there, and every thread works again by itself."""
    database = connect(own.create_database("restarted"))
    with database.write() as tx:
        tx.exec_driver_sql("CREATE TABLE item (id INTEGER PRIMARY KEY)")
    workers = Workers(database)
    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(workers.work, number) for number in range(8)]
        try:
            _wait_for_more(workers)
            again = _restart(own)
            _wait_for_more(workers)
        finally:
            workers.stop.set()
        for job in jobs:
            job.result(timeout=30)
    with database.read() as tx:
        there = set(tx.execute(sa.text("SELECT id FROM item")).scalars())
    assert set(workers.saved) <= there
    assert workers.refused
    database.close()
    again.stop()


def _wait_for_more(workers: Workers) -> None:
    """Wait until each worker has saved some rows more."""
    wanted = {worker: sum(n % 100 == worker for n in workers.saved) + 3 for worker in range(8)}
    for _ in range(1_000):
        saved = list(workers.saved)
        if all(sum(n % 100 == worker for n in saved) >= least for worker, least in wanted.items()):
            return
        threading.Event().wait(0.02)
    raise AssertionError(f"After 20 seconds only {len(workers.saved)} rows were saved.")
