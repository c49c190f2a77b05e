"""How does a database get the schema that this Holotype needs?

1. Whether the schema is one that this Holotype knows is checked before anything is done.
2. Each missing revision runs in a transaction of its own, under the lock that all writers take.
3. What is missing is looked up again for each step, so any number of processes may migrate at once.
"""

from __future__ import annotations

from holotype.db import Database, migrating
from holotype.errors import WrongSchema


def migrate(database: Database) -> list[str]:
    """Bring a database to the newest schema and return the revisions that this call ran.

    Raises ``WrongSchema`` for a database that a newer Holotype has migrated.
    """
    migrating.pending(database)  # 1
    done: list[str] = []
    while (revision := migrating.apply_next(database)) is not None:  # 2, 3
        done.append(revision)
    return done


def check(database: Database) -> None:
    """Raise ``WrongSchema`` unless a database has exactly the schema that this Holotype needs."""
    missing = migrating.pending(database)
    if missing:
        raise WrongSchema(
            f"The database lacks {len(missing)} migration(s), the first is {missing[0]}.",
            hint="Run `holotype admin migrate`.",
        )
