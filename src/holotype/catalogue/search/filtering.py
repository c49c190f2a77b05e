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

from holotype.catalogue.search.comparing import fenced, head
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
    """Return whether a row matches all clauses; without one about prompts, only what is none."""
    prompts = wants_prompts(clauses)
    parts = [_of(one, asked) for one in clauses if prompts or not _is_about_prompts(one)]
    if not prompts:
        parts.append(fenced(asked.tag(PROMPT).is_distinct_from("true")))
    return sa.and_(sa.true(), *parts)


def outside_prompts(clauses: Sequence[Clause]) -> Condition:
    """Return whether the model ``M`` is none that stands for a prompt, unless prompts are asked for."""
    if wants_prompts(clauses):
        return sa.true()
    return fenced(models_asked().tag(PROMPT).is_distinct_from("true"))


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
    compared: Condition = _OPERATORS[comparator](column, sa.literal(value, column.type))
    return compared


def listed(clause: Clause, namespace_id: int) -> tuple[Source, ...]:
    """Return sources that together list all versions that a clause can mean, or nothing where no index does."""
    if clause.kind == TAG:
        return _listed_by_tag(clause)
    if clause.key == "name":
        return () if clause.comparator in {"!=", "NOT IN"} else (Source(_of_models(_named(clause, namespace_id))),)
    if clause.comparator in {"!=", "NOT IN"}:
        return ()
    if clause.key == "version_number":
        rows = versions.alias("listed")
        return (Source(sa.select(rows.c.id).where(compare(rows.c.number, clause.comparator, clause.value))),)
    column = sources.c.run_id if clause.key == "run_id" else sources.c.uri
    ids = sa.select(sources.c.version_id.label("id")).where(compare(column, clause.comparator, clause.value))
    exact = Source(ids, ordered=clause.comparator == "=")
    if clause.key == "run_id":
        return (exact,)
    start = str(clause.value) if clause.comparator == "=" else str(clause.value).partition("%")[0].partition("_")[0]
    if clause.comparator == "ILIKE":
        start = start.lower()
    own = start.startswith(_NATIVE) or _NATIVE.startswith(start)
    return () if own else (exact,)


def _listed_by_tag(clause: Clause) -> tuple[Source, ...]:
    if clause.key == PROMPT and not wants_prompts([clause]):
        return ()
    where = version_tags.c.key == clause.key
    if clause.comparator == "=":
        where &= version_tags.c.head == head(str(clause.value))
    where &= compare(version_tags.c.value, clause.comparator, clause.value)
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
