"""Which namespaces are there?"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from holotype.catalogue.tables import namespaces
from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.db.types import bound_list, in_list
from holotype.domain import times
from holotype.domain.entities import Namespace
from holotype.errors import NotFound

_GET = Prepared(sa.select(namespaces).where(namespaces.c.name == sa.bindparam("name")))
_PAGE = (
    sa.select(namespaces)
    .where(namespaces.c.name > sa.bindparam("after"))
    .order_by(namespaces.c.name)
    .limit(sa.bindparam("limit"))
)
_PAGE_OF = _PAGE.where(in_list(namespaces.c.name, "names"))


def get(tx: Tx, name: str) -> Namespace:
    """Return the namespace of that name, or raise ``NotFound``."""
    row = _GET.one(tx, {"name": name})
    if row is None:
        raise NotFound(f"There is no namespace {name}.", hint=f"Create it with `holotype namespace create {name}`.")
    return _entity(row)


def create(tx: Tx, name: str, description: str, now: datetime) -> Namespace | None:
    """Create a namespace and return it, or return nothing where the name is taken."""
    if _GET.one(tx, {"name": name}) is not None:
        return None
    values = {"name": name, "description": description, "created_at": times.to_micros(now)}
    return _entity(tx.execute(namespaces.insert().values(values).returning(namespaces)).one())


def page(tx: Tx, *, after: str, limit: int) -> list[Namespace]:
    """Return up to ``limit`` namespaces whose names come after ``after``."""
    return [_entity(row) for row in tx.execute(_PAGE, {"after": after, "limit": limit})]


def page_of(tx: Tx, names: Collection[str], *, after: str, limit: int) -> list[Namespace]:
    """Return up to ``limit`` of the namespaces that are named, whose names come after ``after``."""
    return [_entity(row) for row in tx.execute(_PAGE_OF, {"after": after, "limit": limit, "names": bound_list(names)})]


def _entity(row: Any) -> Namespace:
    return Namespace(row.id, row.name, row.description, times.from_micros(row.created_at))
