"""What comes behind a place in a list that is sorted by several keys, some of them downwards?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from holotype.catalogue.search.comparing import fenced

Place = tuple[str | int, ...]
"""The keys of the last row of a page: no two rows have the same."""


@dataclass(frozen=True, slots=True)
class Key:
    """A column that rows are sorted by."""

    column: sa.ColumnElement[Any]
    descending: bool = False

    @property
    def by(self) -> sa.ColumnElement[Any]:
        """The column in its direction."""
        return self.column.desc() if self.descending else self.column.asc()

    def behind(self, value: object, *, at_it: bool = False) -> sa.ColumnElement[bool]:
        """Return whether a row's key comes behind a value, or is the value."""
        here, there = self.column, sa.literal(value, self.column.type)
        if at_it:
            return here <= there if self.descending else here >= there
        return here < there if self.descending else here > there


def behind(keys: Sequence[Key], place: Place | None) -> sa.ColumnElement[bool]:
    """Return whether a row comes behind a place; the part about the first key is open to an index."""
    if place is None:
        return sa.true()
    rest: sa.ColumnElement[bool] = sa.false()
    for key, value in zip(reversed(keys), reversed(place), strict=True):
        same = key.column == sa.literal(value, key.column.type)
        rest = key.behind(value) | (same & rest)
    return keys[0].behind(place[0], at_it=True) & fenced(rest)
