"""What did people write to a promotion? A row a comment; none is ever changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from holotype.db import Tx
from holotype.domain import times
from holotype.domain.entities import Comment
from holotype.governance.tables import comments

_LARGEST = 2**63 - 1
_GET = sa.select(comments).where(comments.c.id == sa.bindparam("id", type_=sa.BigInteger))
_PAGE = (
    sa.select(comments)
    .where(
        comments.c.promotion_id == sa.bindparam("promotion_id", type_=sa.BigInteger),
        comments.c.id < sa.bindparam("before", type_=sa.BigInteger),
    )
    .order_by(comments.c.id.desc())
    .limit(sa.bindparam("limit"))
)


def insert(tx: Tx, promotion_id: int, text: str, *, by: str, now: datetime) -> Comment:
    """Write a comment down and return it."""
    values = {"promotion_id": promotion_id, "created_at": times.to_micros(now), "created_by": by, "text": text}
    made = int(tx.execute(comments.insert().values(values).returning(comments.c.id)).scalar_one())
    return Comment(made, promotion_id, text, now, by)


def there(tx: Tx, identifier: int) -> Comment:
    """Return a comment that is known to be there."""
    return _entity(tx.execute(_GET, {"id": identifier}).one())


def page(tx: Tx, promotion_id: int, *, before: int | None, limit: int) -> list[Comment]:
    """Return up to ``limit`` comments with ids under ``before``, the newest first."""
    bound = {"promotion_id": promotion_id, "before": before or _LARGEST, "limit": limit}
    return [_entity(row) for row in tx.execute(_PAGE, bound)]


def _entity(row: Any) -> Comment:
    return Comment(row.id, row.promotion_id, row.text, times.from_micros(row.created_at), row.created_by)
