"""What was built on something? All of it, in one statement, whatever the depth; deleted versions too."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from holotype.catalogue.tables import data_references, parents
from holotype.db import Tx
from holotype.db.types import bound_list, in_list


def _down(first: sa.Select[Any]) -> sa.Select[Any]:
    built = first.cte("built", recursive=True)
    children = sa.select(parents.c.version_id).join(built, parents.c.parent_id == built.c.version_id)
    return sa.select(built.union(children).c.version_id)


_OF_VERSIONS = _down(sa.select(parents.c.version_id).where(in_list(parents.c.parent_id, "ids")))
_OF_PARENT = _down(sa.select(parents.c.version_id).where(parents.c.reference == sa.bindparam("reference")))
_OF_DATA = _down(sa.select(data_references.c.version_id).where(data_references.c.uri == sa.bindparam("uri")))


def of_versions(tx: Tx, ids: Collection[int]) -> list[int]:
    """Return the ids of every version that was made from some versions, directly or through others."""
    return sorted(tx.execute(_OF_VERSIONS, {"ids": bound_list(list(ids))}).scalars().all())


def of_parent(tx: Tx, reference: str) -> list[int]:
    """Return the ids of every version that was made from a parent, as it was recorded: here or elsewhere."""
    return sorted(tx.execute(_OF_PARENT, {"reference": reference}).scalars().all())


def of_data(tx: Tx, uri: str) -> list[int]:
    """Return the ids of every version that a data set went into, directly or through others."""
    return sorted(tx.execute(_OF_DATA, {"uri": uri}).scalars().all())
