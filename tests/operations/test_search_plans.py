"""Which way does each search take? A search reads rows in proportion to its page, not to the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from bench.catalogue import generate
from holotype import db
from holotype.catalogue.search import sources
from holotype.catalogue.search.asked import Search
from holotype.catalogue.search.models import statements
from holotype.catalogue.search.versions import plan
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
    ("", "author", "order", "ix_versions_author", "Index Scan using ix_versions_author"),
    ("", "-digest", "order", "sqlite_autoindex_versions_2", "Backward using uq_versions_digest_model_id"),
    ("", "-files", "order", "ix_versions_files", "Backward using ix_versions_files"),
    ("", "number", "order", "ix_versions_number", "Index Scan using ix_versions_number"),
    ("", "-stage", "order", "ix_versions_of_stage (stage=?)", "Backward using ix_versions_of_stage"),
    ("", "name", "order", "SCAN walked USING INDEX ix_models_name", "Index Scan using ix_models_name"),
    ("", "-namespace", "order", "walked USING INDEX sqlite_autoindex_models", "using uq_namespaces_name"),
    ("", "tag.team", "order", "walked USING INDEX ix_version_tags_head", "ix_version_tags_head"),
    ("", "-param.depth", "order", "walked USING INDEX ix_parameters_head", "Backward using ix_parameters_head"),
    (
        "param.depth>3",
        "-param.depth",
        "order",
        "walked USING COVERING INDEX ix_parameters_number",
        "Backward using ix_parameters_number",
    ),
    (
        "metric.auc>0.9 name:MODEL",
        "-metric.auc",
        "order",
        "walked USING COVERING INDEX ix_metrics_model",
        "Backward using ix_metrics_model",
    ),
    ("name:MODEL", "-number", "order", "sqlite_autoindex_versions_1 (model_id=?)", "uq_versions_model_id_number"),
    ("name:SMALL", "-number", "order", "sqlite_autoindex_versions_1 (model_id=?)", "uq_versions_model_id_number"),
    ("name:SMALL", "-metric.loss", "model", "USING COVERING INDEX ix_metrics_model", "Backward using ix_metrics_model"),
    (
        "author:author-7 param.depth=6",
        "-metric.loss",
        "meeting",
        "SEARCH listed USING COVERING INDEX ix_versions_author",
        "ix_versions_author",
    ),
]
MODELS = [
    ("", None, "SCAN m USING INDEX ix_models_name", "Index Scan using ix_models_name"),
    ("", "-changed", "SCAN m USING INDEX ix_models_changed", "Backward using ix_models_changed"),
    ("", "author", "SCAN m USING INDEX ix_models_author", "Index Scan using ix_models_author"),
    ("", "tag.team", "SEARCH walked USING INDEX ix_model_tags_head", "ix_model_tags_head"),
    ("", "namespace", "SEARCH m USING INDEX sqlite_autoindex_models", "using uq_namespaces_name"),
    (
        "tag.team:risk metric.auc>0.9",
        None,
        "USING COVERING INDEX ix_metrics_model (name=? AND model_id",
        "ix_metrics_model",
    ),
    ("tag.team:risk metric.auc>0.99", None, "SEARCH metrics USING COVERING INDEX ix_metrics_value", "ix_metrics_value"),
]


NOW = 1_800_000_000_000_000
_SORTED = r"(?<!Incremental )Sort\n|USE TEMP B-TREE FOR ORDER BY"
_READ_WHOLE = "Hash Join|Merge Join|Seq Scan on (versions|metrics|files)"


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
    monkeypatch.setattr(sources, "MORE", 200)
    for text, sort, way, lite, big in GOLDEN:
        chosen, steps = _explain(filled, text, sort)
        assert chosen == way, text
        assert (lite if filled.dialect == "sqlite" else big) in steps, steps
        assert way in {"few", "meeting"} or not re.search(_SORTED, steps), steps
        assert way == "meeting" or not re.search(_READ_WHOLE, steps), steps


def test_each_list_of_models_goes_by_its_index(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Models come in by the index of their order, and are asked for a version by the index of their metrics."""
    monkeypatch.setattr(sources, "FEW", 60)
    monkeypatch.setattr(sources, "MORE", 200)
    for text, sort, lite, big in MODELS:
        wanted = Search(query.parse(text), sorting.parse(sort, "models"), NOW, 101)
        with filled.snapshot() as tx, deadline(tx, 5, what="The test", hint=""):
            steps = _steps(tx, statements(tx, wanted)[0].limit(101))
        assert (lite if filled.dialect == "sqlite" else big) in steps, steps
        assert not re.search(_SORTED, steps.partition("SubPlan")[0]), steps


def test_nothing_is_searched_where_an_index_has_nothing(filled: Database) -> None:
    """A term that no index knows ends the search before it began."""
    assert _explain(filled, "tag.team:nobody metric.auc>0.5", None) == ("nothing", "")
    assert _explain(filled, "metric.auc>2", None) == ("nothing", "")


def _explain(database: Database, text: str, sort: str | None) -> tuple[str, str]:
    with database.read() as tx:
        largest, small = tx.exec_driver_sql("SELECT name FROM models WHERE id IN (1, 40) ORDER BY id").scalars()
    text = text.replace("MODEL", largest).replace("SMALL", small)
    wanted = Search(query.parse(text), sorting.parse(sort, "versions"), NOW, 101)
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
