"""What went into a run, and what came out? Data sets by name and digest, logged models by id."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.db.types import bound_list, in_list
from holotype.domain.runs import Input
from holotype.tracking.tables import run_inputs, run_models

Models = dict[str, list[tuple[str, int]]]


def _reading(table: sa.Table) -> Prepared:
    return Prepared(
        sa.select(*[column for column in table.c if column.name != "namespace_id"])
        .where(table.c.namespace_id == sa.bindparam("namespace_id"), in_list(table.c.run_id, "runs"))
        .order_by(*[column for column in table.primary_key.columns if column.name != "namespace_id"])
    )


_INPUTS, _MODELS = _reading(run_inputs), _reading(run_models)


def of_runs(tx: Tx, namespace_id: int, runs: Collection[str]) -> dict[str, list[Input]]:
    """Return the data sets that went into some runs, by run."""
    found: dict[str, list[Input]] = defaultdict(list)
    for row in _INPUTS(tx, {"namespace_id": namespace_id, "runs": bound_list(runs)}) if runs else ():
        texts = (row.kind, row.source, row.schema, row.profile, row.context)
        found[row.run_id].append(Input(row.name, row.digest, *texts, json.loads(row.tags)))
    return found


def models_of_runs(tx: Tx, namespace_id: int, runs: Collection[str]) -> tuple[Models, Models]:
    """Return the logged models that some runs used and those that they made, each with its step, by run."""
    used: Models = defaultdict(list)
    made: Models = defaultdict(list)
    for row in _MODELS(tx, {"namespace_id": namespace_id, "runs": bound_list(runs)}) if runs else ():
        (used if row.goes_in else made)[row.run_id].append((row.model_id, row.step))
    return used, made


def add(tx: Tx, namespace_id: int, run_id: str, given: Iterable[Input]) -> None:
    """Note data sets that went into a run; one that is there already stays as it is."""
    rows = [
        {
            "namespace_id": namespace_id,
            "run_id": run_id,
            "name": one.name,
            "digest": one.digest,
            "kind": one.kind,
            "source": one.source,
            "schema": one.schema,
            "profile": one.profile,
            "context": one.context,
            "tags": json.dumps(one.tags),
        }
        for one in given
    ]
    if rows:
        _adding(run_inputs, tx.dialect.name).many(tx, rows)


def add_models(tx: Tx, namespace_id: int, run_id: str, given: Iterable[tuple[str, int]], *, used: bool) -> None:
    """Note logged models that a run used, or made; once is enough."""
    rows = [
        {"namespace_id": namespace_id, "run_id": run_id, "goes_in": int(used), "model_id": model, "step": step}
        for model, step in given
    ]
    if rows:
        _adding(run_models, tx.dialect.name).many(tx, rows)


@lru_cache
def _adding(table: sa.Table, dialect: str) -> Prepared:
    statement = (sqlite if dialect == "sqlite" else postgresql).insert(table)
    return Prepared(statement.on_conflict_do_nothing(), [column.name for column in table.c])
