"""What does the evidence about a page of versions say at a glance? Read in a statement a kind of thing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.db.types import bound_list, in_list
from holotype.domain.attested import EVALUATION, INSPECTION, SCAN, SIGNATURE, TEST_REPORT
from holotype.governance.tables import evidence

_READ, _MOST = 64 * 1024, 1_000
_versions = sa.table("versions", sa.column("id", sa.BigInteger))


Scan = tuple[str, str, bytes | None]
"""Who made a scan, its media type, and its payload; no payload where it is too long to be read for a list."""


def _has(type_: str, *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    rows: sa.Select[Any] = sa.select(sa.literal_column("1")).where(
        evidence.c.version_id == _versions.c.id, evidence.c.type == type_
    )
    return sa.exists(rows.where(*conditions).correlate(_versions))


_TYPES = {
    "signed": _has(SIGNATURE, evidence.c.signed_by.is_not(None)),
    "evaluated": _has(EVALUATION),
    "tested": _has(TEST_REPORT),
}
_HAS = Prepared(
    sa.select(_versions.c.id, *(has.label(name) for name, has in _TYPES.items())).where(in_list(_versions.c.id, "ids"))
)


def _last(type_: str) -> Prepared:
    said = sa.case((evidence.c.size <= _READ, evidence.c.payload)).label("payload")
    chosen = sa.select(evidence.c.version_id, evidence.c.created_by, evidence.c.media_type, said)
    chosen = chosen.where(in_list(evidence.c.version_id, "ids"), evidence.c.type == type_)
    return Prepared(chosen.order_by(evidence.c.id.desc()).limit(_MOST))


_SCANS, _INSPECTIONS = _last(SCAN), _last(INSPECTION)


def has(tx: Tx, ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Return of each version whether it was signed by a trusted key, evaluated and tested: the words that hold."""
    rows: list[Any] = _HAS(tx, {"ids": bound_list(list(ids))})
    return {row.id: tuple(name for name in _TYPES if getattr(row, name)) for row in rows}


def scans(tx: Tx, ids: Collection[int]) -> dict[int, list[Scan]]:
    """Return the last scan of each version by each scanner, the newest first."""
    found: dict[int, dict[str, Scan]] = {one: {} for one in ids}
    for row in _SCANS(tx, {"ids": bound_list(list(ids))}):
        payload = None if row.payload is None else bytes(row.payload)
        found[row.version_id].setdefault(row.created_by, (row.created_by, row.media_type, payload))
    return {one: list(each.values()) for one, each in found.items()}


def inspections(tx: Tx, ids: Collection[int]) -> dict[int, Scan]:
    """Return the last inspection of each version that has one."""
    found: dict[int, Scan] = {}
    for row in _INSPECTIONS(tx, {"ids": bound_list(list(ids))}):
        payload = None if row.payload is None else bytes(row.payload)
        found.setdefault(row.version_id, (row.created_by, row.media_type, payload))
    return found
