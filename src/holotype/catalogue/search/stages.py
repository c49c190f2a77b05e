"""Which stages hold versions beside the usual ones? Those that the policies of namespaces name."""

from __future__ import annotations

import sqlalchemy as sa

from holotype.catalogue.search.orders import RANKS
from holotype.catalogue.tables import versions
from holotype.db import Tx

_FIRST = sa.select(sa.func.min(versions.c.stage).label("stage")).cte("there", recursive=True)
_NEXT = sa.select(sa.func.min(versions.c.stage)).where(versions.c.stage > _FIRST.c.stage).scalar_subquery()
_THERE = _FIRST.union_all(sa.select(_NEXT).where(_FIRST.c.stage.is_not(None)))
_ALL = sa.select(_THERE.c.stage).where(_THERE.c.stage.is_not(None))


def unusual(tx: Tx) -> tuple[str, ...]:
    """Return the names, in order; the index is asked for the next one each time, so it costs one seek a stage."""
    return tuple(sorted(stage for stage in tx.execute(_ALL).scalars() if stage not in RANKS))
