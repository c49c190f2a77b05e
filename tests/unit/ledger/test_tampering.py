"""Is a change of any byte of the ledger's tables found?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from holotype.db import Database
from holotype.domain import references
from holotype.domain.entities import Actor
from holotype.domain.events import Action
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.ledger.tables import checkpoint_keys, checkpoints, label_spans, ledger_entries, ledger_head
from holotype.ledger.verify import verify_chain
from holotype.operations.bootstrap import bootstrap
from holotype.operations.promote import promote
from holotype.operations.remove_alias import remove_alias
from holotype.operations.rotate_key import rotate_key
from holotype.operations.set_alias import set_alias
from holotype.operations.sign_checkpoint import ensure_key, sign_checkpoint
from tests.support.registry import Desk, open_desk

TABLES = (ledger_entries, ledger_head, label_spans, checkpoints, checkpoint_keys)
COLUMNS = [(table, column.name) for table in TABLES for column in table.c]
_UNCHECKED = {"sqlite": "PRAGMA foreign_keys = OFF", "postgresql": "SET session_replication_role = replica"}


@pytest.fixture
def used(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A registry in which labels moved, checkpoints were signed and a key was rotated."""
    with open_desk(database_url, tmp_path / "store", data=tmp_path) as desk:
        bootstrap(desk.call())
        ensure_key(desk.call())
        desk.register("risk", b"one")
        desk.register("risk", b"two")
        sign_checkpoint(desk.call())
        for number in (1, 2):
            for stage in ("staging", "production"):
                promote(desk.call(), references.parse(f"risk:{number}"), stage, reason="x")
            set_alias(desk.call(), references.parse(f"risk:{number}"), "champion")
        remove_alias(desk.call(), references.parse("risk"), "champion")
        with desk.call().write() as tx:
            entry = Entry(Action.TOKEN_CREATED, "token:x")
            append.append(tx, actor=Actor("ada", token_id="k3Jd"), now=desk.call().now, entries=[entry])
        rotate_key(desk.call())
        desk.register("risk", b"three")
        sign_checkpoint(desk.call())
        yield desk


def fault(database: Database) -> str | None:
    """Return what verification finds."""
    with database.snapshot() as tx:
        return verify_chain(tx).fault


def changed(value: object) -> object:
    """Return a value with its last letter changed by a bit; a number by so much that no other row has it."""
    if isinstance(value, bytes):
        return value[:-1] + bytes([value[-1] ^ 1]) if value else b"\x01"
    if isinstance(value, str):
        return value[:-1] + chr(ord(value[-1]) ^ 1) if value else "x"
    return 1 if value is None else value + 1_000  # type: ignore[operator]


def _key(table: sa.Table, row: Mapping[Any, Any]) -> list[sa.ColumnElement[bool]]:
    return [one == row[one.name] for one in table.primary_key]


def test_what_was_only_used_is_sound(used: Desk) -> None:
    """The fixture would prove nothing otherwise."""
    assert fault(used.registry.database) is None
    with used.call().read() as tx:
        assert all(tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in TABLES)


@pytest.mark.parametrize(("table", "name"), COLUMNS, ids=lambda one: getattr(one, "name", one))
def test_a_change_of_any_column_of_any_row_is_found(used: Desk, table: sa.Table, name: str) -> None:
    """Each value of the table is changed alone, and put back."""
    with used.registry.database.engine.connect() as connection:
        connection.exec_driver_sql(_UNCHECKED[connection.dialect.name])
        for row in connection.execute(sa.select(table)).mappings().all():
            after = dict(row) | {name: changed(row[name])}
            connection.execute(table.update().where(*_key(table, row)).values({name: after[name]}))
            assert fault(used.registry.database), after
            connection.execute(table.update().where(*_key(table, after)).values({name: row[name]}))
    assert fault(used.registry.database) is None


@pytest.mark.parametrize("table", TABLES, ids=lambda one: one.name)
def test_a_row_that_is_gone_is_found(used: Desk, table: sa.Table) -> None:
    """Each row alone, be it a checkpoint of which the next one says all that it said."""
    with used.registry.database.engine.connect() as connection:
        connection.exec_driver_sql(_UNCHECKED[connection.dialect.name])
        for row in connection.execute(sa.select(table)).mappings().all():
            connection.execute(table.delete().where(*_key(table, row)))
            assert fault(used.registry.database), row
            connection.execute(table.insert(), dict(row))


def test_a_ledger_written_anew_with_all_its_hashes_is_found(used: Desk) -> None:
    """Whoever computes every hash again cannot sign the root, nor hide that more was signed than there is."""
    with used.call().write() as tx:
        kept = tx.execute(sa.select(ledger_entries).order_by("sequence")).mappings().all()
        tx.execute(ledger_entries.delete())
        tx.execute(label_spans.delete())
        tx.execute(ledger_head.update().values(size=0, edge=b"", time=0))
        made = [Entry(Action(row["action"]), row["subject"].replace("risk", "evil")) for row in kept[:2]]
        append.append(tx, actor=Actor("ada"), now=used.call().now, entries=made)
        tx.execute(checkpoint_keys.delete())
    found = fault(used.registry.database)
    assert found is not None
    assert "checkpoint" in found
