"""How are the statements of a filtered search written, and which of them are kept for searches with other values?

A statement is written for a shape: what a filter has besides its values. One that tells by ids what the caller may see,
or that has very many values, is written anew each time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from holotype.catalogue.search import filtering, sources
from holotype.catalogue.search.comparing import fenced, unindexed
from holotype.catalogue.search.filtering import NAMESPACE, I, M, V, title_of
from holotype.catalogue.search.forms import Form, Shape
from holotype.catalogue.search.keyset import Key, behind
from holotype.catalogue.search.sources import Counted, Source
from holotype.catalogue.tables import models, versions
from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.domain.filters import Order

VERSION, INTAKE = 0, 1
_TIMES = {"creation_timestamp": "created_at", "last_updated_timestamp": "changed_at"}
_LIMIT = sa.bindparam("limit", type_=sa.Integer)
_KEPT, _KEPT_VALUES = 64, 8
"""So many statements are kept, of filters with at most so many values."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The clause whose versions are listed, by its place among those with sources, and which of these have any.

    ``narrow`` says that what may be seen stands among the clauses.
    """

    narrow: bool
    place: int
    parts: tuple[bool, ...]

    def pick(self, groups: Sequence[tuple[Source, ...]]) -> list[Source]:
        """Return the sources that list them."""
        return [source for source, some in zip(groups[self.place], self.parts, strict=True) if some]


@dataclass(frozen=True, slots=True)
class Written:
    """How a statement is written: by which function, for which shape, with what else."""

    write: Callable[..., sa.Select[Any] | sa.CompoundSelect[Any]]
    shape: Shape
    more: tuple[Any, ...] = ()

    def statement(self) -> sa.Select[Any] | sa.CompoundSelect[Any]:
        """Write it."""
        return self.write(self.shape, *self.more)


def run(tx: Tx, written: Written, values: Mapping[str, Any]) -> Sequence[Any]:
    """Run a statement, which is written once where only its values differ from search to search."""
    if _is_kept(written.shape):
        return _prepared(written)(tx, values)
    return tx.execute(written.statement(), dict(values)).all()


@lru_cache(maxsize=_KEPT)
def _prepared(written: Written) -> Prepared:
    return Prepared(written.statement())


def _is_kept(shape: Shape) -> bool:
    return shape.visible is None and sum(1 + form.many for form in shape.forms) <= _KEPT_VALUES


def versions_page(shape: Shape, chosen: Chosen | None, dialect: str) -> sa.Select[Any]:
    """Write the statement for a page of versions: from a list of few, by name, or along an order."""
    parts = [_along_intakes(shape)]
    if chosen is not None:
        picked = chosen.pick(groups(shape, narrow=chosen.narrow))
        parts += [_listed(picked, shape)] if picked else []
    elif shape.orders[0].key == "name":
        parts += [_model_by_model(shape, dialect, titled=titled) for titled in (False, True)]
    else:
        parts.append(_along(shape))
    return _merged(parts, shape)


def models_page(shape: Shape) -> sa.Select[Any]:
    """Write the statement for a page of models."""
    where = M.c.deleted_at.is_(None) & filtering.matching(shape.forms, filtering.models_asked())
    named = shape.orders[0].key == "name"
    space = M.c.namespace_id == NAMESPACE
    where &= space if named else fenced(space)
    where &= _seen(shape, M.c.id)
    parts = []
    for titled in (False, True) if named else (None,):
        keys = _keys(shape.orders, M, titled)
        rows = sa.select(*_columns(VERSION, M.c.id, _name(titled), keys)).where(where, _titled(titled))
        parts.append(_page(rows, keys, shape))
    return _merged(parts, shape)


def counting(shape: Shape, narrow: bool, bound: int) -> sa.CompoundSelect[Any]:
    """Write the statement that counts what each clause can mean, up to a bound."""
    return sources.counting([source for group in groups(shape, narrow=narrow) for source in group], bound)


def groups(shape: Shape, *, narrow: bool) -> list[tuple[Source, ...]]:
    """Return the sources of each clause that an index serves, and of all that may be seen, where that is little."""
    found = _kept_groups(shape.forms) if _is_kept(shape) else _clause_groups(shape.forms)
    return [*found, _inside(shape)] if narrow else found


def _clause_groups(clauses: tuple[Form, ...]) -> list[tuple[Source, ...]]:
    return [group for form in clauses if (group := filtering.listed(form))]


_kept_groups = lru_cache(maxsize=_KEPT)(_clause_groups)


def _inside(shape: Shape) -> tuple[Source, ...]:
    """Return the source of all versions in the namespace that the caller may see."""
    inside = sa.select(models.c.id).where(models.c.namespace_id == NAMESPACE)
    seen = shape.visible
    if seen is not None and not seen.many:
        inside = inside.where(models.c.id.in_(seen.models))
    return (Source(sa.select(versions.c.id).where(versions.c.model_id.in_(inside))),)


def _listed(picked: Sequence[Source], shape: Shape) -> sa.Select[Any]:
    chosen = sources.union(Counted(tuple(picked), 0, 0))
    keys = _keys(shape.orders, V)
    rows = sa.select(*_columns(VERSION, V.c.id, title_of(M), keys))
    rows = rows.join_from(chosen, V, V.c.id == unindexed(chosen.c.id)).join(M, M.c.id == unindexed(V.c.model_id))
    rows = rows.where(_matches(shape)).limit(sa.literal_column("1000000000"))
    found = rows.subquery("listed")  # the limit keeps the planners from walking along the order instead
    again = [Key(found.c[f"key{i}"], key.descending) for i, key in enumerate(keys)]
    return _page(sa.select(found), again, shape)


def _along(shape: Shape) -> sa.Select[Any]:
    keys = _keys(shape.orders, V)
    rows = sa.select(*_columns(VERSION, V.c.id, title_of(M), keys))
    rows = rows.join_from(V, M, M.c.id == unindexed(V.c.model_id)).where(_matches(shape))
    return _page(rows, keys, shape)


def _model_by_model(shape: Shape, dialect: str, *, titled: bool) -> sa.Select[Any]:
    """Walk models by name, and through the versions of each in the order of the other keys.

    SQLite sees that this is the order of the page. PostgreSQL would sort all versions of a model; so it is given the
    first of each model, a page at most.
    """
    keys = _keys(shape.orders, V, titled)
    if keys[1].column is not V.c.number:  # no index has it model by model, and none is to be tried
        keys[1] = Key(unindexed(keys[1].column), keys[1].descending)
    inside = (M.c.namespace_id == NAMESPACE) & M.c.deleted_at.is_(None) & _titled(titled)
    if dialect == "sqlite":
        rows = sa.select(*_columns(VERSION, V.c.id, _name(titled), keys))
        rows = rows.join_from(M, V, V.c.model_id == unindexed(M.c.id)).where(inside, _matches(shape))
        return _page(rows, keys, shape)
    others = sa.select(V.c.id, *(key.column.label(f"key{i}") for i, key in enumerate(keys) if i))
    others = others.where(V.c.model_id == M.c.id, _matches(shape), *_behind(keys, shape))
    others = others.order_by(*(key.by for key in keys[1:])).limit(_LIMIT)
    first = others.correlate(M).lateral("first")
    again = [keys[0], *(Key(first.c[f"key{i}"], key.descending) for i, key in enumerate(keys) if i)]
    rows = sa.select(*_columns(VERSION, first.c.id, _name(titled), again)).join_from(M, first, sa.true()).where(inside)
    if shape.after:
        rows = rows.where(keys[0].behind("after0", at_it=True))
    return rows.order_by(*(key.by for key in again)).limit(_LIMIT)


def _along_intakes(shape: Shape) -> sa.Select[Any]:
    keys = _keys(shape.orders, I)
    where = filtering.matching(shape.forms, filtering.intakes_asked())
    where &= (I.c.namespace_id == NAMESPACE) & M.c.deleted_at.is_(None) & _seen(shape, I.c.model_id)
    rows = sa.select(*_columns(INTAKE, I.c.id, title_of(M), keys))
    return _page(rows.join_from(I, M, M.c.id == unindexed(I.c.model_id)).where(where), keys, shape)


def _matches(shape: Shape) -> sa.ColumnElement[bool]:
    where = V.c.deleted_at.is_(None) & fenced(V.c.namespace_id == NAMESPACE)
    where &= filtering.matching(shape.forms, filtering.versions_asked())
    return where & _seen(shape, V.c.model_id)


def _seen(shape: Shape, model_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    return sa.true() if shape.visible is None else shape.visible.among(NAMESPACE, model_id)


def _keys(orders: Sequence[Order], rows: Any, titled: bool | None = None) -> list[Key]:
    """Return the keys of rows: versions or intakes of a model, or models themselves."""
    found = []
    for order in orders:
        if order.key == "name":
            column = _name(titled)
        elif order.key == "version_number":
            column = rows.c.number
        else:
            column = rows.c[_TIMES[order.key]]
        found.append(Key(column, order.descending))
    return found


def _name(titled: bool | None) -> sa.ColumnElement[Any]:
    """Return what models are called, as the index has it that lists those with or without titles."""
    return title_of(M) if titled is None else M.c.title if titled else M.c.name


def _titled(titled: bool | None) -> sa.ColumnElement[bool]:
    return sa.true() if titled is None else M.c.title.is_not(None) if titled else M.c.title.is_(None)


def _columns(kind: int, row_id: Any, name: Any, keys: Sequence[Key]) -> list[sa.ColumnElement[Any]]:
    numbered = [key.column.label(f"key{i}") for i, key in enumerate(keys)]
    return [sa.literal_column(str(kind)).label("kind"), row_id.label("id"), name.label("title"), *numbered]


def _page(rows: sa.Select[Any], keys: Sequence[Key], shape: Shape) -> sa.Select[Any]:
    return rows.where(*_behind(keys, shape)).order_by(*(key.by for key in keys)).limit(_LIMIT)


def _behind(keys: Sequence[Key], shape: Shape) -> list[sa.ColumnElement[bool]]:
    return [behind(keys)] if shape.after else []


def _merged(parts: Sequence[sa.Select[Any]], shape: Shape) -> sa.Select[Any]:
    each = [sa.select(part.subquery()) for part in parts]
    rows = (sa.union_all(*each) if len(each) > 1 else each[0]).subquery("found")
    keys = [Key(rows.c[f"key{i}"], order.descending) for i, order in enumerate(shape.orders)]
    return sa.select(rows).order_by(*(key.by for key in keys)).limit(_LIMIT)
