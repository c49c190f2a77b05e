"""Which bytes does a version need, or one that is still on its way?"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from holotype.catalogue.tables import files, intake_files, versions


def needed(digest: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Return the condition that a version has a file with this digest, and was not deleted before ``:cutoff``.

    An intake needs the files that it has so far, until it is a version or is given up.
    """
    kept = versions.c.deleted_at.is_(None) | (versions.c.deleted_at >= sa.bindparam("cutoff"))
    of_version = sa.exists().where(files.c.digest == digest, versions.c.id == files.c.version_id, kept)
    return of_version | sa.exists().where(intake_files.c.digest == digest)
