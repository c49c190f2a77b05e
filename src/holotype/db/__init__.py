"""The database: one engine for SQLite and PostgreSQL, its transactions, types and migrations."""

from holotype.db.engine import Database, Tx, connect

__all__ = ["Database", "Tx", "connect"]
