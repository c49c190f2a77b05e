"""Which rows do the clauses of a filter mean? Versions, versions that are still to come (intakes), and models.

A row tells what clauses ask of it, whatever it is: ``Asked`` has its columns. Each condition is right for any row and
closed to the planners; ``listed`` says which index lists the versions that a clause can mean, so that the way in is
chosen by counting, as for other searches.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from holotype.catalogue.search.comparing import HEAD, fenced, head
from holotype.catalogue.search.sources import Source
from holotype.catalogue.tables import intakes, model_tags, models, sources, version_tags, versions
from holotype.db.types import json_value, like
from holotype.domain import titles
from holotype.domain.filters import TAG, Clause

Column = sa.ColumnElement[Any]
Condition = sa.ColumnElement[bool]

V, M, I = versions.alias("v"), models.alias("m"), intakes.alias("i")  # noqa: E741 - as they are read in SQL
PROMPT = "mlflow.prompt.is_prompt"
_NATIVE = "models:/"
_SMALLEST, _LARGEST = -(2**31), 2**31 - 1
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
            "run_id": _source(sources.c.run_id),
            "source_path": sa.func.coalesce(_source(sources.c.uri), _own_source(M, V)),
            "version_number": V.c.number,
        },
        lambda key: _tag(version_tags, version_tags.c.version_id == V.c.id, key).correlate(V).scalar_subquery(),
    )


def intakes_asked() -> Asked:
    """Return the columns of an intake ``I`` of a model ``M``."""
    columns = {"name": title_of(M), "run_id": I.c.run_id, "source_path": I.c.uri, "version_number": I.c.number}
    return Asked(columns, lambda key: json_value(I.c.tags, sa.literal(key)))


def models_asked() -> Asked:
    """Return the columns of a model ``M``."""
    return Asked(
        {"name": title_of(M)},
        lambda key: _tag(model_tags, model_tags.c.model_id == M.c.id, key).correlate(M).scalar_subquery(),
    )


def matching(clauses: Sequence[Clause], asked: Asked) -> Condition:
    """Return whether a row matches all clauses; without one about prompts, only what is none.

    Whether a row is of a prompt is asked last, and of the row and its model at once: it costs two looks elsewhere.
    """
    if wants_prompts(clauses):
        return sa.and_(sa.true(), *(_of(one, asked) for one in clauses))
    parts = [_of(one, asked) for one in clauses if not _is_about_prompts(one)]
    tags = (asked.tag(PROMPT), models_asked().tag(PROMPT))
    return sa.and_(*parts, fenced(sa.and_(*(tag.is_distinct_from("true") for tag in tags))))


def wants_prompts(clauses: Sequence[Clause]) -> bool:
    """Say whether a filter asks for prompts; the first clause about them decides, as in MLflow."""
    first = next((one for one in clauses if _is_about_prompts(one)), None)
    if first is None:
        return False
    return (first.comparator, str(first.value).lower()) in {("=", "true"), ("!=", "false")}


def compare(column: Column, comparator: str, value: Any) -> Condition:
    """Compare a column with the value of a clause; what has no value matches nothing."""
    if comparator in {"LIKE", "ILIKE"}:
        return like(column, str(value), any_case=comparator == "ILIKE")
    if comparator in {"IN", "NOT IN"}:
        among: Condition = column.in_(value)
        return among if comparator == "IN" else sa.not_(among)
    if isinstance(value, int):
        value = min(max(value, _SMALLEST), _LARGEST)
    # A number that is no whole one, or beyond all of those, is compared as it is: as a whole one PostgreSQL refuses it.
    kind = sa.Float() if isinstance(value, float) else column.type
    compared: Condition = _OPERATORS[comparator](column, sa.literal(value, kind))
    return compared


def listed(clause: Clause, namespace_id: int) -> tuple[Source, ...]:
    """Return sources that together list all versions that a clause can mean, or nothing where no index does."""
    if clause.kind == TAG:
        return _listed_by_tag(clause)
    if clause.comparator in {"!=", "NOT IN"}:
        return ()
    if clause.key == "name":
        return (Source(_of_models(_named(clause, namespace_id))),)
    if clause.key == "version_number":
        rows = versions.alias("listed")
        return (Source(sa.select(rows.c.id).where(compare(rows.c.number, clause.comparator, clause.value))),)
    column = sources.c.run_id if clause.key == "run_id" else sources.c.uri
    ids = sa.select(sources.c.version_id.label("id")).where(compare(column, clause.comparator, clause.value))
    registered = Source(ids, ordered=clause.comparator == "=")
    if clause.key == "run_id":
        return (registered,)
    start = _start_of_own(clause)
    if start is None:
        return (registered,)
    where = (models.c.namespace_id == namespace_id) & models.c.deleted_at.is_(None)
    own = sa.literal(_NATIVE, sa.String).concat(title_of(models)).concat("/")
    chosen = sa.select(models.c.id).where(where, fenced(like(own, start, any_case=clause.comparator == "ILIKE")))
    return (registered, Source(_of_models(chosen))) if start != "%" else ()


def _start_of_own(clause: Clause) -> str | None:
    """Return a pattern of ``models:/name/`` where ``models:/name/7`` may match; nothing where none can.

    Such a source ends with digits. So what a pattern has up to its last letter that is no digit stands before them.
    """
    text = str(clause.value)
    if clause.comparator == "=":
        start, number = text.rstrip("0123456789"), text[-1:]
        # in a pattern the two letters would stand for others: then more is listed than asked for
        return start if number.isdecimal() and start.startswith(_NATIVE) else None
    kept = text.rstrip("0123456789_%")
    return f"{kept}%" if len(kept) < len(text) or not text else None


def _listed_by_tag(clause: Clause) -> tuple[Source, ...]:
    """Return the versions that have a tag, by the part of its value that the index has."""
    if clause.key == PROMPT and not wants_prompts([clause]):
        return ()
    column, value = version_tags.c.head, str(clause.value)
    where = version_tags.c.key == clause.key
    if clause.comparator == "=":
        where &= column == head(value)
    elif clause.comparator != "!=":
        alike = like(column, value, any_case=clause.comparator == "ILIKE")
        where &= alike | (sa.func.length(column) == HEAD)
    return (Source(sa.select(version_tags.c.version_id.label("id")).where(where), ordered=clause.comparator == "="),)


def _named(clause: Clause, namespace_id: int) -> sa.Select[Any]:
    """Return the models that clients of another protocol call so; a title is found by the name it leads to."""
    chosen = sa.select(models.c.id).where(models.c.namespace_id == namespace_id, models.c.deleted_at.is_(None))
    value = clause.value
    if clause.comparator in {"=", "IN"}:
        asked = value if isinstance(value, tuple) else (str(value),)
        chosen = chosen.where(models.c.name.in_([titles.name_of(one) for one in asked]))
    return chosen.where(fenced(compare(title_of(models), clause.comparator, value)))


def _of_models(chosen: sa.Select[Any]) -> sa.Select[Any]:
    return sa.select(versions.c.id).where(versions.c.model_id.in_(chosen))


def _of(clause: Clause, asked: Asked) -> Condition:
    column = asked.tag(clause.key) if clause.kind == TAG else asked.attributes[clause.key]
    return fenced(compare(column, clause.comparator, clause.value))


def _is_about_prompts(clause: Clause) -> bool:
    return (clause.kind, clause.key) == (TAG, PROMPT)


def _source(column: Column) -> Column:
    of_version = sa.select(column).where(sources.c.version_id == V.c.id)
    return of_version.correlate(V).scalar_subquery()


def _own_source(model: sa.FromClause, version: sa.FromClause) -> Column:
    number = sa.cast(version.c.number, sa.String)
    return sa.literal(_NATIVE, sa.String).concat(title_of(model)).concat("/").concat(number)


def _tag(table: sa.Table, of_row: Condition, key: str) -> sa.Select[Any]:
    return sa.select(table.c.value).where(of_row, table.c.key == key)
