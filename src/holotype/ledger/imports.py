"""Who put a label where it is, and who wrote the words: an import, or somebody here?

What somebody here changed since is theirs: an import that comes again leaves it alone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from holotype.db import Tx
from holotype.db.types import bound_list, in_list
from holotype.domain.events import Action
from holotype.ledger.tables import label_spans, ledger_entries

_IMPORTS = (
    Action.MODEL_IMPORTED,
    Action.VERSION_IMPORTED,
    Action.STAGE_IMPORTED,
    Action.ALIAS_IMPORTED,
    Action.WORDS_IMPORTED,
)
_CHANGES = (
    Action.MODEL_CREATED,
    Action.MODEL_CHANGED,
    Action.MODEL_DELETED,
    Action.MODEL_RESTORED,
    Action.VERSION_CHANGED,
    Action.VERSION_MOVED,
    Action.VERSION_REPLACED,
    Action.VERSION_ROLLED_BACK,
    Action.VERSION_DELETED,
    Action.VERSION_RESTORED,
    Action.ALIAS_SET,
    Action.ALIAS_REMOVED,
)
_entry, _since, _until = ledger_entries.c, ledger_entries.alias("since"), ledger_entries.alias("until")
_OF_VERSIONS = sa.select(_entry.version_id, _entry.action).where(
    in_list(_entry.version_id, "ids"), _entry.action.in_([one.value for one in _CHANGES])
)
_OF_MODEL = sa.select(_entry.action).where(
    _entry.model_id == sa.bindparam("model_id"),
    _entry.version_id.is_(None),
    _entry.action.in_([one.value for one in (*_CHANGES, Action.MODEL_IMPORTED)]),
)
_SPANS = (
    sa.select(
        label_spans.c.label,
        label_spans.c.version_id,
        label_spans.c.until_sequence,
        _since.c.action.label("entered"),
        _until.c.action.label("left"),
    )
    .join_from(label_spans, _since, _since.c.sequence == label_spans.c.since_sequence)
    .outerjoin(_until, _until.c.sequence == label_spans.c.until_sequence)
    .where(label_spans.c.model_id == sa.bindparam("model_id"), in_list(label_spans.c.label, "labels"))
    .order_by(label_spans.c.since_sequence)
)


@dataclass(frozen=True, slots=True)
class Placed:
    """The last span of a label: the version, whether it is over, and whether an import made or ended it."""

    version_id: int
    over: bool
    by_import: bool


def changes(tx: Tx, version_ids: Collection[int]) -> dict[int, set[str]]:
    """Return what was done here to versions since they came: the actions, but for those of imports."""
    found: dict[int, set[str]] = {}
    for row in tx.execute(_OF_VERSIONS, {"ids": bound_list(list(version_ids))}):
        found.setdefault(row.version_id, set()).add(row.action)
    return found


def of_model(tx: Tx, model_id: int) -> set[str]:
    """Return what was done to a model itself, an import among it."""
    return set(tx.execute(_OF_MODEL, {"model_id": model_id}).scalars())


def placed(tx: Tx, model_id: int, labels: Collection[str]) -> dict[str, Placed]:
    """Return the last span of each alias of a model that ever named a version."""
    rows = tx.execute(_SPANS, {"model_id": model_id, "labels": bound_list(list(labels))})
    found: dict[str, Placed] = {}
    for row in rows:  # the later ones take the place of the former
        over = row.until_sequence is not None
        found[row.label] = Placed(row.version_id, over, (row.left if over else row.entered) in _IMPORTS)
    return found
