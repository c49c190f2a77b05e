"""Is every moment in the database a whole number of microseconds?"""

from __future__ import annotations

import re
from importlib import import_module
from pkgutil import walk_packages

import pytest
import sqlalchemy as sa

import holotype
from holotype.db.metadata import Moment, metadata

NAMED_AS_MOMENTS = re.compile(r".*_at|time|since|until|moment")


@pytest.fixture(scope="module")
def columns() -> list[sa.Column[object]]:
    """Every column of every table that the source declares."""
    for module in walk_packages(holotype.__path__, "holotype."):
        if module.name.endswith(".tables"):
            import_module(module.name)
    return [column for table in metadata.tables.values() for column in table.c]


def test_no_column_has_a_type_of_the_database_for_moments(columns: list[sa.Column[object]]) -> None:
    """No dates, times or intervals of a database's own, whose zones and digits differ from one to the next."""
    own = (sa.Date, sa.DateTime, sa.Time, sa.Interval)
    assert [str(column) for column in columns if isinstance(column.type, own)] == []


def test_whatever_is_named_like_a_moment_is_one(columns: list[sa.Column[object]]) -> None:
    """A column such as created_at holds microseconds in 64 bits."""
    named = [column for column in columns if NAMED_AS_MOMENTS.fullmatch(column.name)]
    assert len(named) > 10
    assert [str(column) for column in named if not isinstance(column.type, Moment)] == []
