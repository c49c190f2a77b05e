"""Where do table definitions meet? In one ``MetaData`` with fixed names for constraints."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, MetaData, String

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer, "sqlite")
"""A surrogate key: 64 bits in both databases (SQLite numbers rows only in an INTEGER primary key)."""

Moment = BigInteger
"""Microseconds since 1970 in UTC; see ``holotype.domain.times``."""

Bytewise = String().with_variant(String(collation="C"), "postgresql")
"""A text that both databases compare and order by its bytes, whatever language the database speaks."""
