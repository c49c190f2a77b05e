"""What hangs on an experiment, a run or a logged model? Tags, which change, and parameters, which do not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.db.types import bound_list, in_list
from holotype.tracking.tables import tracked_params, tracked_tags

Of = dict[str, dict[str, str]]


def _reading(table: sa.Table) -> Prepared:
    return Prepared(
        sa.select(table.c.owner, table.c.key, table.c.value)
        .where(table.c.namespace_id == sa.bindparam("namespace_id"), in_list(table.c.owner, "owners"))
        .order_by(table.c.owner, table.c.key)
    )


_TAGS, _PARAMS = _reading(tracked_tags), _reading(tracked_params)
_KNOWN = Prepared(
    sa.select(tracked_params.c.key, tracked_params.c.value).where(
        tracked_params.c.namespace_id == sa.bindparam("namespace_id"),
        tracked_params.c.owner == sa.bindparam("owner"),
        in_list(tracked_params.c.key, "keys"),
    )
)
_UNTAG = Prepared(
    tracked_tags.delete()
    .where(
        tracked_tags.c.namespace_id == sa.bindparam("namespace_id"),
        tracked_tags.c.owner == sa.bindparam("owner"),
        tracked_tags.c.key == sa.bindparam("key"),
    )
    .returning(tracked_tags.c.key)
)


def tags(tx: Tx, namespace_id: int, owners: Collection[str]) -> Of:
    """Return the tags of some owners, by owner."""
    return _read(tx, _TAGS, namespace_id, owners)


def parameters(tx: Tx, namespace_id: int, owners: Collection[str]) -> Of:
    """Return the parameters of some owners, by owner."""
    return _read(tx, _PARAMS, namespace_id, owners)


def known_parameters(tx: Tx, namespace_id: int, owner: str, keys: Collection[str]) -> dict[str, str]:
    """Return those of some parameters that an owner has."""
    bound = {"namespace_id": namespace_id, "owner": owner, "keys": bound_list(list(keys))}
    return {row.key: row.value for row in _KNOWN(tx, bound)} if keys else {}


def set_tags(tx: Tx, namespace_id: int, owner: str, given: Mapping[str, str]) -> None:
    """Set tags, over those of the same keys."""
    _write(tx, tracked_tags, namespace_id, owner, given)


def set_parameters(tx: Tx, namespace_id: int, owner: str, given: Mapping[str, str]) -> None:
    """Set parameters; the caller has looked which are there already."""
    _write(tx, tracked_params, namespace_id, owner, given)


def remove_tag(tx: Tx, namespace_id: int, owner: str, key: str) -> bool:
    """Remove a tag, and say whether it was there."""
    return _UNTAG.one(tx, {"namespace_id": namespace_id, "owner": owner, "key": key}) is not None


def _read(tx: Tx, statement: Prepared, namespace_id: int, owners: Collection[str]) -> Of:
    found: Of = defaultdict(dict)
    if owners:
        for row in statement(tx, {"namespace_id": namespace_id, "owners": bound_list(owners)}):
            found[row.owner][row.key] = row.value
    return found


def _write(tx: Tx, table: sa.Table, namespace_id: int, owner: str, given: Mapping[str, str]) -> None:
    rows = [{"namespace_id": namespace_id, "owner": owner, "key": key, "value": value} for key, value in given.items()]
    if rows:
        _setting(table, tx.dialect.name).many(tx, rows)


@lru_cache
def _setting(table: sa.Table, dialect: str) -> Prepared:
    statement = (sqlite if dialect == "sqlite" else postgresql).insert(table)
    written = statement.on_conflict_do_update(
        index_elements=["namespace_id", "owner", "key"], set_={"value": statement.excluded.value}
    )
    return Prepared(written, ["namespace_id", "owner", "key", "value"])
