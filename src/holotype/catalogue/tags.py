"""What are models and versions tagged with?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from holotype.catalogue.tables import model_tags, version_tags
from holotype.db import Tx
from holotype.db.prepared import Prepared


def tag_model(tx: Tx, model_id: int, tags: Mapping[str, str | None]) -> None:
    """Set tags of a model; one with no value is removed."""
    _tag(tx, model_tags, "model_id", model_id, tags)


def tag_version(tx: Tx, version_id: int, tags: Mapping[str, str | None]) -> None:
    """Set tags of a version; one with no value is removed."""
    _tag(tx, version_tags, "version_id", version_id, tags)


def _tag(tx: Tx, table: sa.Table, column: str, owner: int, tags: Mapping[str, str | None]) -> None:
    gone = [key for key, value in tags.items() if value is None]
    if gone:
        tx.execute(table.delete().where(table.c[column] == owner, table.c.key.in_(gone)))
    rows = [{column: owner, "key": key, "value": value} for key, value in tags.items() if value is not None]
    if rows:
        _setting(table, column, tx.dialect.name).many(tx, rows)


@lru_cache
def _setting(table: sa.Table, column: str, dialect: str) -> Prepared:
    """Return the statement that sets a tag, made once: to write it takes longer than to run it."""
    statement: Any = (sqlite if dialect == "sqlite" else postgresql).insert(table)
    changed = {"value": statement.excluded.value}
    return Prepared(
        statement.on_conflict_do_update(index_elements=[column, "key"], set_=changed), [column, "key", "value"]
    )
