"""Which names do some versions use: of metrics, of parameters, of formats?"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from holotype.catalogue.tables import files, metrics, parameters
from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.db.types import bound_list, in_list

_LIMIT = 200


def _names(column: sa.Column[str], version_id: sa.Column[int]) -> Prepared:
    chosen = sa.select(column.label("name")).distinct().where(in_list(version_id, "ids"), column.is_not(None))
    return Prepared(chosen.order_by(column).limit(_LIMIT))


_METRICS = _names(metrics.c.name, metrics.c.version_id)
_PARAMETERS = _names(parameters.c.name, parameters.c.version_id)
_FORMATS = _names(files.c.format, files.c.version_id)


def metric_names(tx: Tx, ids: Collection[int]) -> list[str]:
    """Return the names of the metrics of some versions, in order."""
    return [str(row.name) for row in _METRICS(tx, {"ids": bound_list(list(ids))})]


def parameter_names(tx: Tx, ids: Collection[int]) -> list[str]:
    """Return the names of the parameters of some versions, in order."""
    return [str(row.name) for row in _PARAMETERS(tx, {"ids": bound_list(list(ids))})]


def formats(tx: Tx, ids: Collection[int]) -> list[str]:
    """Return the formats of the files of some versions, in order."""
    return [str(row.name) for row in _FORMATS(tx, {"ids": bound_list(list(ids))})]
