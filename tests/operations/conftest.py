"""Which fixtures do the tests of the verbs share?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.registry import Desk, open_desk


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A registry on each database."""
    with open_desk(database_url, tmp_path / "blobs") as opened:
        yield opened
