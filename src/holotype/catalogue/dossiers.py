"""What do gates look at? Cards, provenance, formats and ancestors of versions, read in one statement each."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from holotype.catalogue.tables import documents, files, parents, version_tags, versions
from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.db.types import bound_list, in_list, json_map
from holotype.domain import cards
from holotype.domain import digest as digests
from holotype.errors import Corrupt

MOST_ANCESTORS = 1_000
_TEXTS = Prepared(
    sa.select(versions.c.id, versions.c.card, versions.c.provenance_digest, documents.c.provenance)
    .outerjoin_from(versions, documents, documents.c.version_id == versions.c.id)
    .where(in_list(versions.c.id, "ids"))
)


def _formats() -> sa.CompoundSelect[Any]:
    """Ask the index of formats about each format that there is: a version of 20,000 files is not walked."""
    kinds = sa.select(sa.func.min(files.c.format).label("format")).cte("kinds", recursive=True)
    after = sa.select(sa.func.min(files.c.format)).where(files.c.format > kinds.c.format).scalar_subquery()
    kinds = kinds.union_all(sa.select(after).where(kinds.c.format.is_not(None)))
    parts = []
    for kind, same in ((kinds.c.format, files.c.format == kinds.c.format), (sa.null(), files.c.format.is_(None))):
        here = (files.c.version_id == versions.c.id, same)
        number = sa.select(sa.func.count()).where(*here).correlate(versions, kinds).scalar_subquery()
        first = sa.select(sa.func.min(files.c.path)).where(*here).correlate(versions, kinds).scalar_subquery()
        columns = (versions.c.id.label("version_id"), sa.cast(kind, sa.String).label("format"), number.label("files"))
        parts.append(sa.select(*columns, first.label("path")).where(in_list(versions.c.id, "ids")))
    return sa.union_all(parts[0].where(kinds.c.format.is_not(None)), parts[1])


_FORMATS = Prepared(_formats())


def _ancestry() -> sa.Select[Any]:
    first = sa.select(parents.c.reference, parents.c.parent_id, parents.c.reference.label("through"))
    line = first.where(parents.c.version_id == sa.bindparam("id")).cte("line", recursive=True)
    above = sa.select(parents.c.reference, parents.c.parent_id, line.c.through)
    line = line.union(above.join(line, parents.c.version_id == line.c.parent_id))
    tags = sa.select(json_map(version_tags.c.key, version_tags.c.value)).where(
        version_tags.c.version_id == line.c.parent_id, version_tags.c.key.in_(["licence", "license"])
    )
    return (
        sa.select(
            line.c.reference,
            line.c.parent_id,
            line.c.through,
            sa.func.substr(versions.c.card, 1, cards.LONGEST).label("card"),
            tags.scalar_subquery().label("tags"),
        )
        .outerjoin_from(line, versions, versions.c.id == line.c.parent_id)
        .limit(MOST_ANCESTORS + 1)
    )


_ANCESTRY = _ancestry()


@dataclass(frozen=True, slots=True)
class Texts:
    """The card of a version and the bytes of its provenance, if it has one."""

    card: str
    provenance: bytes | None


@dataclass(frozen=True, slots=True)
class Forebear:
    """A parent or a parent's parent, the parent ``through`` which it comes in, and its licence where that is known."""

    reference: str
    known: bool
    through: str
    licence: str | None


def texts(tx: Tx, ids: Collection[int]) -> dict[int, Texts]:
    """Return card and provenance of versions, or raise ``Corrupt`` where a provenance is not what it was."""
    return {row.id: Texts(str(row.card), _whole(row)) for row in _TEXTS(tx, {"ids": bound_list(list(ids))})}


def formats(tx: Tx, ids: Collection[int]) -> dict[int, dict[str, tuple[int, str]]]:
    """Return which formats the files of versions have, how many have each, and the first path."""
    found: dict[int, dict[str, tuple[int, str]]] = {one: {} for one in ids}
    for row in _FORMATS(tx, {"ids": bound_list(list(ids))}):
        if row.files:
            found[row.version_id][row.format or "unknown"] = (int(row.files), str(row.path))
    return found


def ancestry(tx: Tx, version_id: int) -> tuple[list[Forebear], bool]:
    """Return what a version was made from, at any remove, and whether that is everything."""
    rows = list(tx.execute(_ANCESTRY, {"id": version_id}))
    found = [_forebear(row) for row in rows[:MOST_ANCESTORS]]
    return found, len(rows) <= MOST_ANCESTORS


def _forebear(row: sa.Row[Any]) -> Forebear:
    known = row.parent_id is not None
    licence = cards.licence(row.card or "", json.loads(row.tags) if row.tags else {}) if known else None
    return Forebear(row.reference, known, row.through, licence)


def _whole(row: Any) -> bytes | None:
    if row.provenance_digest is None:
        return None
    if row.provenance is None or digests.of(bytes(row.provenance)) != row.provenance_digest:
        raise Corrupt(
            f"The document {row.provenance_digest} was lost or altered in the catalogue.",
            hint="Run `holotype admin doctor`.",
        )
    return bytes(row.provenance)
