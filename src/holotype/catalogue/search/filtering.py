"""Which rows do the clauses of a filter mean? Versions, versions that are still to come (intakes), and models.

A row tells what clauses ask of it, whatever it is: ``Asked`` has its columns. Each condition is right for any row and
closed to the planners; ``listed`` says which index lists the versions that a clause can mean, so that the way in is
chosen by counting, as for other searches. Values are parameters: see ``holotype.catalogue.search.forms``.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from holotype.catalogue.search.comparing import HEAD, fenced
from holotype.catalogue.search.forms import NATIVE, PROMPT, Form
from holotype.catalogue.search.sources import Source
from holotype.catalogue.tables import intakes, model_tags, models, sources, version_tags, versions
from holotype.db.types import json_value, like
from holotype.domain.filters import LIKENESSES, LISTS, TAG

Column = sa.ColumnElement[Any]
Condition = sa.ColumnElement[bool]

V, M, I = versions.alias("v"), models.alias("m"), intakes.alias("i")  # noqa: E741 - as they are read in SQL
NAMESPACE = sa.bindparam("namespace_id", type_=sa.BigInteger)
"""The namespace that is searched."""
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The columns of a row that clauses ask for, and the value of a tag of it."""

    attributes: dict[str, Column]
    tag: Callable[[str], Column]


def title_of(model: sa.FromClause) -> Column:
    """Return what clients of another protocol call a model."""
    return sa.func.coalesce(model.c.title, model.c.name)


def versions_asked() -> Asked:
    """Return the columns of a version ``V`` of a model ``M``."""
    return Asked(
        {
            "name": title_of(M),
            "run_id": _or_empty(_source(sources.c.run_id)),
            "source_path": sa.func.coalesce(_source(sources.c.uri), _own_source(M, V)),
            "version_number": V.c.number,
        },
        lambda key: _tag(version_tags, version_tags.c.version_id == V.c.id, key).correlate(V).scalar_subquery(),
    )


def intakes_asked() -> Asked:
    """Return the columns of an intake ``I`` of a model ``M``."""
    columns = {
        "name": title_of(M),
        "run_id": _or_empty(I.c.run_id),
        "source_path": I.c.uri,
        "version_number": I.c.number,
    }
    return Asked(columns, lambda key: json_value(I.c.tags, sa.literal(key)))


def models_asked() -> Asked:
    """Return the columns of a model ``M``."""
    return Asked(
        {"name": title_of(M)},
        lambda key: _tag(model_tags, model_tags.c.model_id == M.c.id, key).correlate(M).scalar_subquery(),
    )


def matching(forms: Sequence[Form], asked: Asked) -> Condition:
    """Return whether a row matches all clauses; without one about prompts, only what is none.

    Whether a row is of a prompt is asked last, and of the row and its model at once: it costs two looks elsewhere.
    """
    if wants_prompts(forms):
        return sa.and_(sa.true(), *(_of(one, asked) for one in forms))
    parts = [_of(one, asked) for one in forms if not one.about_prompts]
    tags = (asked.tag(PROMPT), models_asked().tag(PROMPT))
    return sa.and_(*parts, fenced(sa.and_(*(tag.is_distinct_from("true") for tag in tags))))


def wants_prompts(forms: Sequence[Form]) -> bool:
    """Say whether a filter asks for prompts; the first clause about them decides, as in MLflow."""
    first = next((one for one in forms if one.about_prompts), None)
    return first is not None and first.prompts


def compare(column: Column, form: Form) -> Condition:
    """Compare a column with the value of a clause; what has no value matches nothing."""
    if form.comparator in LIKENESSES:
        return like(column, form.bound("value"), any_case=form.any_case)
    if form.comparator in LISTS:
        among: Condition = column.in_(form.bound_each("value"))
        return among if form.comparator == "IN" else sa.not_(among)
    # A number that is no whole one, or beyond all of those, is compared as it is: as a whole one PostgreSQL refuses it.
    kind = sa.Float() if form.broken else column.type
    compared: Condition = _OPERATORS[form.comparator](column, form.bound("value", kind))
    return compared


def listed(form: Form) -> tuple[Source, ...]:
    """Return sources that together list all versions that a clause can mean, or nothing where no index does."""
    if form.kind == TAG:
        return _listed_by_tag(form)
    if form.comparator in {"!=", "NOT IN"}:
        return ()
    if form.key == "name":
        return (Source(_of_models(_named(form))),)
    if form.key == "version_number":
        rows = versions.alias("listed")
        return (Source(sa.select(rows.c.id).where(compare(rows.c.number, form))),)
    if form.key == "run_id" and form.empty:
        return ()
    column = sources.c.run_id if form.key == "run_id" else sources.c.uri
    ids = sa.select(sources.c.version_id.label("id")).where(compare(column, form))
    registered = Source(ids, ordered=form.comparator == "=")
    if not form.own:
        return (registered,)
    where = (models.c.namespace_id == NAMESPACE) & models.c.deleted_at.is_(None)
    own = sa.literal(NATIVE, sa.String).concat(title_of(models)).concat("/")
    chosen = sa.select(models.c.id).where(where, fenced(like(own, form.bound("start"), any_case=form.any_case)))
    return () if form.every else (registered, Source(_of_models(chosen)))


def _listed_by_tag(form: Form) -> tuple[Source, ...]:
    """Return the versions that have a tag, by the part of its value that the index has."""
    if form.about_prompts and not form.prompts:
        return ()
    column = version_tags.c.head
    where = version_tags.c.key == form.key
    if form.comparator == "=":
        where &= column == form.bound("head")
    elif form.comparator != "!=":
        alike = like(column, form.bound("value"), any_case=form.any_case)
        where &= alike | (sa.func.length(column) == HEAD)
    return (Source(sa.select(version_tags.c.version_id.label("id")).where(where), ordered=form.comparator == "="),)


def _named(form: Form) -> sa.Select[Any]:
    """Return the models that clients of another protocol call so; a title is found by the name it leads to."""
    chosen = sa.select(models.c.id).where(models.c.namespace_id == NAMESPACE, models.c.deleted_at.is_(None))
    if form.comparator == "=":
        chosen = chosen.where(models.c.name == form.bound("name"))
    elif form.comparator == "IN":
        chosen = chosen.where(models.c.name.in_(form.bound_each("name")))
    return chosen.where(fenced(compare(title_of(models), form)))


def _of_models(chosen: sa.Select[Any]) -> sa.Select[Any]:
    return sa.select(versions.c.id).where(versions.c.model_id.in_(chosen))


def _of(form: Form, asked: Asked) -> Condition:
    column = asked.tag(form.key) if form.kind == TAG else asked.attributes[form.key]
    return fenced(compare(column, form))


def _source(column: Column) -> Column:
    of_version = sa.select(column).where(sources.c.version_id == V.c.id)
    return of_version.correlate(V).scalar_subquery()


def _or_empty(column: Column) -> Column:
    """Return the run of a version as MLflow has it: what has none has an empty one."""
    return sa.func.coalesce(column, sa.literal("", sa.String))


def _own_source(model: sa.FromClause, version: sa.FromClause) -> Column:
    number = sa.cast(version.c.number, sa.String)
    return sa.literal(NATIVE, sa.String).concat(title_of(model)).concat("/").concat(number)


def _tag(table: sa.Table, of_row: Condition, key: str) -> sa.Select[Any]:
    return sa.select(table.c.value).where(of_row, table.c.key == key)
