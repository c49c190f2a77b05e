"""Which bytes does a version need?"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from holotype.catalogue.tables import files, versions


def needed(digest: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Return the condition that a version has a file with this digest, and was not deleted before ``:cutoff``."""
    kept = versions.c.deleted_at.is_(None) | (versions.c.deleted_at >= sa.bindparam("cutoff"))
    return sa.exists().where(files.c.digest == digest, versions.c.id == files.c.version_id, kept)
