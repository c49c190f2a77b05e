"""Which way does each search of an MLflow client take? It reads rows in proportion to its page, not to all there is."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from bench.catalogue import generate
from holotype import db
from holotype.catalogue.search import filtered, sources
from holotype.catalogue.search.filtered import Filter
from holotype.catalogue.search.written import Written
from holotype.db import Tx
from holotype.db.deadline import deadline
from holotype.db.engine import Database
from holotype.domain.filters import Order
from holotype.gateways.mlflow import filters, orders
from holotype.operations.filter_versions import DEFAULT
from holotype.operations.migrate import migrate

# filter, order, and on each database the index by which the rows come in
GOLDEN = [
    ("", [], "SCAN v USING INDEX ix_versions_changed", "Backward using ix_versions_changed"),
    ("", ["creation_timestamp"], "SCAN v USING INDEX ix_versions_created", "Scan using ix_versions_created"),
    ("", ["version_number DESC"], "SCAN v USING INDEX ix_versions_number", "Backward using ix_versions_number"),
    ("", ["name"], "SEARCH m USING INDEX sqlite_autoindex_models", "using uq_models_namespace_id_name"),
    ("", ["name DESC"], "SEARCH m USING INDEX ix_models_title", "Backward using ix_models_title"),
    ("name = 'MODEL'", [], "SEARCH models USING INDEX sqlite_autoindex_models", "uq_versions_model_id_number"),
    ("name IN ('MODEL', 'x')", [], "SEARCH models USING INDEX sqlite_autoindex_models", "uq_versions_model_id_number"),
    ("name LIKE 'fraud%'", [], "SCAN v USING INDEX ix_versions_changed", "Backward using ix_versions_changed"),
    ("run_id = 'run-7'", [], "SEARCH sources USING COVERING INDEX ix_sources_run", "ix_sources_run"),
    ("source_path LIKE 's3://lake/77%'", [], "COVERING INDEX ix_sources_uri", "sources"),
    ("source_path LIKE '%'", [], "SCAN v USING INDEX ix_versions_changed", "Backward using ix_versions_changed"),
    ("tags.rare = 'yes'", [], "ix_version_tags_head (key=? AND head=?)", "ix_version_tags_head"),
    ("tags.team = 'core'", [], "SCAN v USING INDEX ix_versions_changed", "Backward using ix_versions_changed"),
    ("version_number > NUMBER", [], "SEARCH listed USING COVERING INDEX ix_versions_number", "ix_versions_number"),
    ("version_number > 1", [], "SCAN v USING INDEX ix_versions_changed", "Backward using ix_versions_changed"),
]
MODELS = [
    ("", [], "SEARCH m USING INDEX sqlite_autoindex_models", "using uq_models_namespace_id_name"),
    ("", ["timestamp DESC"], "SCAN m USING INDEX ix_models_changed", "Backward using ix_models_changed"),
    ("tags.team = 'x'", [], "SEARCH m USING INDEX sqlite_autoindex_models", "using uq_models_namespace_id_name"),
]
_SMALL = """SELECT name FROM models JOIN versions ON model_id = models.id WHERE title IS NULL
    GROUP BY name HAVING count(*) BETWEEN 2 AND 50 ORDER BY count(*), name LIMIT 1"""
_READ_WHOLE = "Hash Join|Merge Join|Seq Scan on (versions|models|version_tags)"


@pytest.fixture
def catalogued(database_url: str) -> Iterator[Database]:
    """A catalogue of 4,000 versions in one namespace, of which 60 count as few."""
    database = db.connect(database_url)
    migrate(database)
    generate(database, 4_000, models=40)
    with database.write() as tx:
        tx.exec_driver_sql("UPDATE models SET namespace_id = 1")
        tx.exec_driver_sql("UPDATE versions SET namespace_id = 1")
        tx.exec_driver_sql(
            "INSERT INTO sources (version_id, uri, run_id) "
            "SELECT id, 's3://lake/' || id, 'run-' || (id / 3) FROM versions"
        )
        tx.exec_driver_sql("UPDATE models SET title = 'Model ' || id WHERE id > 35")
    with database.read() as tx:
        tx.exec_driver_sql("ANALYZE")
    yield database
    database.close()


def test_each_search_of_versions_goes_by_its_index(catalogued: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rows are listed and sorted; else rows come in by the order of the page, and only ties are sorted."""
    monkeypatch.setattr(sources, "FEW", 60)
    for text, order, lite, big in GOLDEN:
        with catalogued.snapshot() as tx, deadline(tx, 5, what="The test", hint=""):
            name = tx.exec_driver_sql(_SMALL).scalar_one()
            number = tx.exec_driver_sql("SELECT max(number) - 5 FROM versions").scalar_one()
            asked = text.replace("MODEL", str(name)).replace("NUMBER", str(number))
            clauses = filters.parse(asked, filters.VERSIONS)
            by = orders.parse(order, orders.VERSIONS)
            total = (*by, *(one for one in DEFAULT[1:] if one.key not in {key.key for key in by})) if by else DEFAULT
            steps = _steps(tx, *filtered.versions_asked(tx, Filter(1, clauses, total, 101)))
        assert (lite if catalogued.dialect == "sqlite" else big) in steps, (text, order, steps)
        assert not re.search(_READ_WHOLE, steps), (text, order, steps)


def test_each_search_of_models_goes_by_its_index(catalogued: Database) -> None:
    """Models come in by the order of the page."""
    for text, order, lite, big in MODELS:
        by = orders.parse(order, orders.MODELS)
        total = by if any(one.key == "name" for one in by) else (*by, Order("name"))
        wanted = Filter(1, filters.parse(text, filters.MODELS), total, 101)
        with catalogued.snapshot() as tx, deadline(tx, 5, what="The test", hint=""):
            steps = _steps(tx, *filtered.models_asked(tx, wanted))
        assert (lite if catalogued.dialect == "sqlite" else big) in steps, (text, order, steps)
        assert not re.search(_READ_WHOLE, steps), (text, order, steps)


def test_a_small_namespace_does_not_read_past_the_others(catalogued: Database) -> None:
    """Where hardly any of the newest versions are in the namespace, its own are listed."""
    with catalogued.write() as tx:
        tx.exec_driver_sql("UPDATE models SET namespace_id = 2 WHERE id <> 3")
        tx.exec_driver_sql("UPDATE versions SET namespace_id = 2 WHERE model_id <> 3")
    with catalogued.snapshot() as tx, deadline(tx, 5, what="The test", hint=""):
        steps = _steps(tx, *filtered.versions_asked(tx, Filter(1, (), DEFAULT, 101)))
    assert "ix_versions_changed" not in steps


def _steps(tx: Tx, written: Written, values: dict[str, object]) -> str:
    compiled = written.statement().compile(dialect=tx.dialect, compile_kwargs={"render_postcompile": True})
    bound = compiled.construct_params(values)
    if tx.dialect.name == "sqlite":
        given = tuple(bound[name] for name in compiled.positiontup or ())
        return "\n".join(row[-1] for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", given))
    rows = tx.exec_driver_sql(f"EXPLAIN (COSTS OFF) {compiled}", bound)
    return "\n".join(row[0] for row in rows)
