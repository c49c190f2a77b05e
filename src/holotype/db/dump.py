"""How do rows leave one database and enter another, of either kind, without a difference?

A table is a file of JSON lines: an object a row, bytes in base64, columns that the database computes left out. Rows
pass in batches, so memory does not grow with a table.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa

from holotype.db.engine import Tx
from holotype.db.writing import run
from holotype.errors import Corrupt

T = TypeVar("T", bound=msgspec.Struct)

_FETCHED, _INSERTED = 200, 500
_ENCODER = msgspec.json.Encoder()
_UNFIT = (sa.exc.IntegrityError, sa.exc.DataError, OverflowError)


class Written(msgspec.Struct, frozen=True):
    """What is in the file of a table: how many rows, and the digest of its bytes."""

    rows: int
    digest: str


def write(tx: Tx, table: sa.Table, file: Path) -> Written:
    """Write the rows that a snapshot sees to a new file, durably."""
    columns = _columns(table)
    found = tx.execute(
        sa.select(*columns).order_by(*table.primary_key.columns), execution_options={"yield_per": _FETCHED}
    )
    names = [column.name for column in columns]
    return _write(file, ([dict(zip(names, row, strict=True)) for row in rows] for rows in found.partitions()))


def write_without(table: sa.Table, source: Path, file: Path, column: str, values: Collection[object]) -> Written:
    """Write another file of a table without the rows whose column has one of some values, durably."""
    batches = (map(msgspec.structs.asdict, rows) for rows in read(source, _shape(table)))
    return _write(file, ([row for row in rows if row[column] not in values] for rows in batches))


def read(file: Path, kind: type[T]) -> Iterator[list[T]]:
    """Give the rows of a file in batches; ``Corrupt`` where a line is not of that kind."""
    decoder = msgspec.json.Decoder(kind)
    with file.open("rb") as lines:
        while batch := list(islice(lines, _INSERTED)):
            try:
                rows = [decoder.decode(line) for line in batch]
            except msgspec.DecodeError as error:
                raise _unfit(file, error) from error
            yield rows


def examine(file: Path) -> Written:
    """Return what is in a file now."""
    sha, rows = hashlib.sha256(), 0
    with file.open("rb") as source:
        while chunk := source.read(2**20):
            sha.update(chunk)
            rows += chunk.count(b"\n")
    return Written(rows, f"sha256:{sha.hexdigest()}")


def tables(tx: Tx, names: Collection[str]) -> list[sa.Table]:
    """Return tables as the database has them, those first that others refer to; ``Corrupt`` where one is not there."""
    found = sa.MetaData()
    try:
        found.reflect(tx, only=sorted(names))
    except sa.exc.InvalidRequestError as error:
        raise Corrupt("The backup has tables that its schema does not have.", hint="Take another backup.") from error
    return [table for table in found.sorted_tables if table.name in names]


def load(tx: Tx, table: sa.Table, file: Path) -> None:
    """Insert the rows of a file into a table without rows; a row refers to rows before it, in this table or another."""
    statement = sa.insert(table).inline()
    for rows in read(file, _shape(table)):
        try:
            tx.execute(statement, [msgspec.structs.asdict(row) for row in rows])
        except _UNFIT as error:
            raise _unfit(file, error) from error


def settle(tx: Tx, loaded: Iterable[sa.Table]) -> None:
    """Go on numbering behind the ids that were loaded, and count what is in the indexes."""
    if tx.dialect.name == "postgresql":
        for table in loaded:
            _continue(tx, table)
    else:
        run(tx, "PRAGMA analysis_limit = 1000")
    run(tx, "ANALYZE")


def _continue(tx: Tx, table: sa.Table) -> None:
    """Set the sequence of a serial key; SQLite needs none, it looks for the greatest id by itself."""
    for column in table.primary_key.columns:
        sequence = tx.execute(sa.select(sa.func.pg_get_serial_sequence(table.name, column.name))).scalar()
        if sequence is not None:
            tx.execute(sa.select(sa.func.setval(sequence, sa.func.max(column))))


def _write(file: Path, batches: Iterable[list[dict[str, Any]]]) -> Written:
    sha, count = hashlib.sha256(), 0
    with file.open("xb") as target:
        for rows in batches:
            text = _ENCODER.encode_lines(rows)
            sha.update(text)
            target.write(text)
            count += len(rows)
        target.flush()
        os.fsync(target.fileno())
    return Written(count, f"sha256:{sha.hexdigest()}")


def _columns(table: sa.Table) -> list[sa.Column[Any]]:
    return [column for column in table.columns if column.computed is None]


def _shape(table: sa.Table) -> type[msgspec.Struct]:
    """Return the type of a row: every column, each with its type, and nothing else."""
    fields = [(str(column.name), _type(column)) for column in _columns(table)]
    return msgspec.defstruct(f"row_of_{table.name}", fields, forbid_unknown_fields=True)


def _type(column: sa.Column[Any]) -> Any:
    kind = column.type.python_type
    return kind | None if column.nullable else kind


def _unfit(file: Path, error: Exception) -> Corrupt:
    why = " ".join(str(getattr(error, "orig", error)).split())
    return Corrupt(f"The backup's rows of {file.stem} do not fit: {why}.", hint="Take another backup.")
