"""The tables of the first release."""

from __future__ import annotations

from holotype.db.migrations import run_sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_sql("0001")
