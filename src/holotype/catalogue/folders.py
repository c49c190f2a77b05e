"""Which files of a version lie in a folder of it?

A page of a folder costs one step along the index for each name in it, however many files lie below: from a name one
goes on to the first path after everything that begins with it.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from holotype.catalogue.contents import file_of
from holotype.catalogue.tables import files
from holotype.db import Tx
from holotype.db.types import bound_list, in_list, place_of
from holotype.domain.folders import Entry

_OF_VERSION = files.c.version_id == sa.bindparam("version_id")
# Not a comparison of texts, which every collation does in its own way: the beginnings have to be equal.
_BELOW = sa.func.substr(files.c.path, 1, sa.bindparam("length")) == sa.bindparam("start")
_ALL = sa.select(files.c.path, files.c.size).where(_OF_VERSION)
_BEHIND_SLASH, _LEAST, _LAST = "0", "\x01", "\U0010ffff" * 4
"""What comes right after ``/``; what no path holds and comes before all that one does; what comes after every path."""


def _stepping() -> sa.Select[Any]:
    """Return the statement that goes from name to name: ``path`` is the first of each, ``step`` counts them."""
    length = sa.bindparam("length", type_=sa.Integer)

    def first(start: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
        found = sa.select(sa.func.min(files.c.path)).where(_OF_VERSION, files.c.path >= start)
        return found.where(files.c.path < sa.bindparam("stop")).scalar_subquery()

    begin: sa.ColumnElement[str] = sa.bindparam("start", type_=sa.String)
    steps = sa.select(first(begin).label("path"), sa.literal_column("1").label("step")).cte("steps", recursive=True)
    slash = place_of(sa.func.substr(steps.c.path, length + 1), sa.literal("/"))
    behind = sa.case(
        (slash > 0, sa.func.substr(steps.c.path, 1, length + slash - 1).concat(_BEHIND_SLASH)),
        else_=steps.c.path.concat(_LEAST),
    )
    more = sa.select(first(behind), steps.c.step + 1)
    more = more.where(steps.c.path.is_not(None), steps.c.step < sa.bindparam("limit", type_=sa.Integer))
    walked = steps.union_all(more)
    return sa.select(walked.c.path).where(walked.c.path.is_not(None)).order_by(walked.c.step)


_STEPPING = _stepping()
# Apart, and not as a join: SQLite would read every file of the version to filter them by the names.
_NAMED = sa.select(files).where(_OF_VERSION, in_list(files.c.path, "paths"))


def below(tx: Tx, version_id: int, folder: str) -> list[tuple[str, int]]:
    """Return paths and sizes of the files below a folder, all of them where it is empty."""
    if not folder:
        return [(row.path, row.size) for row in tx.execute(_ALL, {"version_id": version_id})]
    bound = {"version_id": version_id, "start": f"{folder}/", "length": len(folder) + 1}
    return [(row.path, row.size) for row in tx.execute(_ALL.where(_BELOW), bound)]


def level(tx: Tx, version_id: int, folder: str, *, after: str = "", limit: int) -> list[Entry]:
    """Return up to ``limit`` names right in a folder, in the order of their bytes, behind the cursor of an entry."""
    inside = f"{folder}/" if folder else ""
    behind = after[:-1] + _BEHIND_SLASH if after.endswith("/") else after + _LEAST if after else ""
    bound = {
        "version_id": version_id,
        "start": inside + behind,
        "stop": folder + _BEHIND_SLASH if folder else _LAST,
        "length": len(inside),
        "limit": limit,
    }
    paths = list(tx.execute(_STEPPING, bound).scalars())
    rows = tx.execute(_NAMED, {"version_id": version_id, "paths": bound_list(paths)}) if paths else ()
    found = {row.path: _entry(row, inside) for row in rows}
    return [found[path] for path in paths]


def _entry(row: Any, inside: str) -> Entry:
    name, below_it, _ = row.path[len(inside) :].partition("/")
    return Entry(name, inside + name, None if below_it else file_of(row))
