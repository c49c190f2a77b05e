"""Which way does each search take? A search reads rows in proportion to its page, not to the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from bench.catalogue import generate
from holotype import db
from holotype.catalogue.search import sources
from holotype.catalogue.search.versions import Search, plan
from holotype.db import Tx
from holotype.db.deadline import deadline
from holotype.db.engine import Database
from holotype.domain import query, sorting
from holotype.operations.migrate import migrate

# query, order, way, and on each database the index by which the rows come in
GOLDEN = [
    ("", None, "order", "SCAN v", "Index Scan Backward using pk_versions on versions v"),
    ("stage:production", None, "few", "ix_versions_of_stage", "ix_versions_of_stage"),
    ("stage:archived", None, "term", "ix_versions_of_stage", "Backward using ix_versions_of_stage"),
    ("metric.auc>0.9", None, "order", "SCAN v", "Backward using pk_versions on versions v"),
    (
        "metric.auc>0.9",
        "-metric.auc",
        "order",
        "walked USING COVERING INDEX ix_metrics_value",
        "Backward using ix_metrics_value",
    ),
    (
        "metric.auc@holdout>0.6",
        "-metric.auc@holdout",
        "order",
        "ix_metrics_dataset",
        "Backward using ix_metrics_dataset",
    ),
    ("tag.team:risk metric.auc>0.9", None, "term", "ix_version_tags_head", "Backward using ix_version_tags_head"),
    ("param.depth=6", None, "term", "ix_parameters_number", "Backward using ix_parameters_number"),
    ("format:safetensors", None, "term", "ix_files_format", "Backward using ix_files_format"),
    ("tag.rare:yes metric.auc>0.5", None, "few", "ix_version_tags_head", "ix_version_tags_head"),
    ("NOT stage:none", None, "order", "SCAN v", "Backward using pk_versions on versions v"),
    ("", "-size", "order", "ix_versions_size", "Backward using ix_versions_size"),
    ("", "-changed", "order", "ix_versions_changed", "Backward using ix_versions_changed"),
    ("created>2023-11-14T23:00:00Z", None, "order", "ix_versions_created", "Backward using ix_versions_created"),
]


@pytest.fixture
def filled(database_url: str) -> Iterator[Database]:
    """A catalogue of 4,000 versions, of which 60 count as few."""
    database = db.connect(database_url)
    migrate(database)
    generate(database, 4_000, models=40)
    yield database
    database.close()


def test_each_search_goes_by_its_index(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows come in by the index that was chosen, in the order of the page: nothing is sorted but a few rows."""
    monkeypatch.setattr(sources, "FEW", 60)
    for text, sort, way, lite, big in GOLDEN:
        chosen, steps = _explain(filled, text, sort)
        assert chosen == way, text
        assert (lite if filled.dialect == "sqlite" else big) in steps, steps
        assert way == "few" or not re.search("Sort|USE TEMP B-TREE FOR ORDER BY", steps), steps
        assert not re.search("Hash Join|Merge Join|Seq Scan on (versions|metrics|files)", steps), steps


def test_nothing_is_searched_where_an_index_has_nothing(filled: Database) -> None:
    """A term that no index knows ends the search before it began."""
    assert _explain(filled, "tag.team:nobody metric.auc>0.5", None) == ("nothing", "")
    assert _explain(filled, "metric.auc>2", None) == ("nothing", "")


def _explain(database: Database, text: str, sort: str | None) -> tuple[str, str]:
    wanted = Search(query.parse(text), sorting.parse(sort, "versions"), 1_800_000_000_000_000, 101)
    with database.snapshot() as tx, deadline(tx, 5, what="The test", hint=""):
        chosen = plan(tx, wanted)
        return chosen.way, "\n".join(_steps(tx, one.limit(101)) for one in chosen.statements[:1])


def _steps(tx: Tx, statement: object) -> str:
    compiled = statement.compile(dialect=tx.dialect)  # type: ignore[attr-defined]
    if tx.dialect.name == "sqlite":
        values = tuple(compiled.params[name] for name in compiled.positiontup)
        return "\n".join(row[-1] for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values))
    rows = tx.exec_driver_sql(f"EXPLAIN (COSTS OFF) {compiled}", dict(compiled.params))
    return "\n".join(row[0] for row in rows)
