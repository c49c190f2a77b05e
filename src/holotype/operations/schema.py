"""Which schema does this Holotype expect? All tables, gathered in one place."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from holotype.access import sign_in_tables as sign_in
from holotype.access import tables as access
from holotype.artifacts import tables as artifacts
from holotype.catalogue import tables as catalogue
from holotype.db import tables as servers
from holotype.db.metadata import metadata
from holotype.governance import tables as governance
from holotype.ledger import tables as ledger
from holotype.tracking import tables as tracking

AREAS = (servers, catalogue, artifacts, ledger, access, sign_in, governance, tracking)
"""The modules that declare tables; importing them has made their tables known."""


def expected() -> sa.MetaData:
    """Return the declared tables."""
    return metadata


def is_declared(name: str | None, _kind: str, _parents: Mapping[str, str | None]) -> bool:
    """Say whether a thing in the database is one that a table declares; full-text indexes are written as SQL."""
    return name is None or "words" not in name.split("_")
