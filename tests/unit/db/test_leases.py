"""Does at most one process hold a lease at a time?"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from holotype.db import Database, connect
from holotype.db.leases import hold, release
from holotype.db.tables import leases
from holotype.operations.migrate import migrate

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database."""
    opened = connect(database_url)
    migrate(opened)
    yield opened
    opened.close()


def _hold(database: Database, holder: str, seconds: float = 0, name: str = "sweep") -> bool:
    with database.write() as tx:
        return hold(tx, name, holder, NOW + timedelta(seconds=seconds), 60)


def test_a_lease_is_held_by_one_until_its_time_is_over(database: Database) -> None:
    """The holder may renew it, others get it once it has run out."""
    assert _hold(database, "a")
    assert not _hold(database, "b", 10)
    assert _hold(database, "a", 50)
    assert not _hold(database, "b", 109)
    assert _hold(database, "b", 110)
    assert not _hold(database, "a", 111)


def test_leases_of_other_names_are_free(database: Database) -> None:
    """Each kind of work has its own."""
    assert _hold(database, "a")
    assert _hold(database, "b", name="webhooks")


def test_a_lease_given_back_is_free_at_once(database: Database) -> None:
    """Only its holder can give it back."""
    assert _hold(database, "a")
    for holder, still in (("b", "a"), ("a", None)):
        with database.write() as tx:
            release(tx, "sweep", holder)
            assert tx.execute(sa.select(leases.c.holder)).scalar_one_or_none() == still
    assert _hold(database, "b")


def test_of_many_that_ask_at_once_one_gets_it(database: Database) -> None:
    """Sixteen threads, one lease."""
    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(lambda i: _hold(database, f"h{i}"), range(16))) == 1
