"""Which namespaces and models, by id, are the places where a caller may read?

A place is a namespace, a model in it, or the models whose names begin alike (``fraud-*``). Namespaces and models keep
their ids and their names; so what was found stays true, and only models that came since have to be looked at again.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from holotype.catalogue.search.asked import Visible
from holotype.catalogue.tables import models, namespaces
from holotype.db import Tx
from holotype.db.types import bound_list, in_list

Place = tuple[str, str | None]
_NEWEST = sa.select(sa.func.max(models.c.id))
_SPACES = sa.select(namespaces.c.name, namespaces.c.id).where(in_list(namespaces.c.name, "names"))
_IN_SPACE = models.c.namespace_id == sa.bindparam("namespace_id")
_MODELS = sa.select(models.c.id).where(_IN_SPACE, in_list(models.c.name, "names"))
_SINCE = sa.select(models.c.id, models.c.name).where(_IN_SPACE, models.c.id > sa.bindparam("since"))


def visible(tx: Tx, places: Sequence[Place] | None, known: Visible | None = None) -> Visible | None:
    """Return what some places mean; None means everything. ``known`` is what the same places meant before."""
    if places is None:
        return None
    beginnings = _by_space([(space, model[:-1]) for space, model in places if model and model.endswith("*")])
    newest = (tx.execute(_NEWEST).scalar() or 0) if beginnings else 0
    if known is not None and known.newest >= newest:
        return known
    ids = _ids(tx, {space for space, _ in places})
    whole = {ids[space] for space, model in places if model is None and space in ids}
    single = _by_space([(space, model) for space, model in places if model and not model.endswith("*")])
    seen = set(known.models) if known is not None else set(_single(tx, ids, single, whole))
    for space, starts in beginnings.items():
        if space in ids and ids[space] not in whole:
            seen |= _beginning(tx, ids[space], starts, known.newest if known is not None else 0)
    return Visible(tuple(sorted(whole)), tuple(sorted(seen)), newest, growing=bool(beginnings))


def _by_space(places: Sequence[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for space, name in places:
        found.setdefault(space, set()).add(name)
    return found


def _ids(tx: Tx, spaces: set[str]) -> dict[str, int]:
    rows = tx.execute(_SPACES, {"names": bound_list(sorted(spaces))}) if spaces else ()
    return {row.name: row.id for row in rows}


def _single(tx: Tx, ids: dict[str, int], places: dict[str, set[str]], whole: set[int]) -> list[int]:
    found: list[int] = []
    for space, names in places.items():
        if space in ids and ids[space] not in whole:
            found += tx.execute(_MODELS, {"namespace_id": ids[space], "names": bound_list(sorted(names))}).scalars()
    return found


def _beginning(tx: Tx, namespace_id: int, starts: set[str], since: int) -> set[int]:
    """Return the models of a namespace whose names begin in one of these ways."""
    lengths = sorted({len(start) for start in starts})
    rows = tx.execute(_SINCE, {"namespace_id": namespace_id, "since": since})
    return {row.id for row in rows if any(row.name[:length] in starts for length in lengths)}
