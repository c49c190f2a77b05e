"""Which fixtures do the tests of the ledger share?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from holotype.db import Database, connect
from holotype.operations.migrate import migrate


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database with an empty ledger."""
    opened = connect(database_url)
    migrate(opened)
    yield opened
    opened.close()
