"""Which steps made the schema what it is? One file a revision in ``versions``, in one line without branches.

A revision runs in one transaction, with the lock that writers take, together with the note that it has run: whoever is
killed leaves it done or not begun, and two processes that migrate at once take turns.
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

FOLDER = Path(__file__).parent


def run_sql(name: str) -> None:
    """Run ``versions/<name>.<dialect>.sql``: statements that end with ``;`` and an empty line. For use in revisions."""
    connection = op.get_bind()
    text = (FOLDER / "versions" / f"{name}.{connection.dialect.name}.sql").read_text(encoding="utf-8")
    for statement in text.split(";\n\n"):
        if statement.strip():
            connection.exec_driver_sql(statement.strip().removesuffix(";"), execution_options={"no_parameters": True})
