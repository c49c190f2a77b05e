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

    def behind(self, value: str, *, at_it: bool = False) -> sa.ColumnElement[bool]:
        """Return whether a row's key comes behind the value that is bound under a name, or is the value."""
        here, there = self.column, sa.bindparam(value, type_=self.column.type)
        if at_it:
            return here <= there if self.descending else here >= there
        return here < there if self.descending else here > there


def behind(keys: Sequence[Key]) -> sa.ColumnElement[bool]:
    """Return whether a row comes behind the place whose keys are bound as ``after0``, ``after1`` and so on.

    The part about the first key is open to an index.
    """
    rest: sa.ColumnElement[bool] = sa.false()
    for at, key in reversed(list(enumerate(keys))):
        same = key.column == sa.bindparam(f"after{at}", type_=key.column.type)
        rest = key.behind(f"after{at}") | (same & rest)
    return keys[0].behind("after0", at_it=True) & fenced(rest)
