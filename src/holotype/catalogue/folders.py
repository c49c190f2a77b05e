"""Which files of a version lie in a folder of it?"""

from __future__ import annotations

import sqlalchemy as sa

from holotype.catalogue.tables import files
from holotype.db import Tx

_OF_VERSION = files.c.version_id == sa.bindparam("version_id")
# Not a comparison of texts, which every collation does in its own way: the beginnings have to be equal.
_BELOW = sa.func.substr(files.c.path, 1, sa.bindparam("length")) == sa.bindparam("start")
_ALL = sa.select(files.c.path, files.c.size).where(_OF_VERSION)


def below(tx: Tx, version_id: int, folder: str) -> list[tuple[str, int]]:
    """Return paths and sizes of the files below a folder, all of them where it is empty."""
    if not folder:
        return [(row.path, row.size) for row in tx.execute(_ALL, {"version_id": version_id})]
    bound = {"version_id": version_id, "start": f"{folder}/", "length": len(folder) + 1}
    return [(row.path, row.size) for row in tx.execute(_ALL.where(_BELOW), bound)]
