"""Does the doctor find what is wrong, say what to do, and leave everything as it is?"""

from __future__ import annotations

from pathlib import Path

import pytest

from holotype.artifacts.store import open_store
from holotype.artifacts.tables import blobs
from holotype.db import connect, objects
from holotype.db.engine import Database
from holotype.domain import references
from holotype.operations.call import Registry
from holotype.operations.doctor import Report, diagnose
from holotype.operations.finding import Finding
from holotype.operations.migrate import migrate
from holotype.operations.promote import promote
from holotype.operations.set_alias import set_alias
from holotype.settings import Settings
from tests.support.fixtures import Store
from tests.support.registry import Desk

_UNCHECKED = {"sqlite": "PRAGMA foreign_keys = OFF", "postgresql": "SET session_replication_role = replica"}
CONTENTS = (b"one", b"two")


@pytest.fixture
def healthy(desk: Desk) -> Desk:
    """A registry with two versions, one of them in production and called champion, whose bytes are in the store."""
    for content in CONTENTS:
        desk.register("risk", content, description="a model")
        _store(desk, content)
    for stage in ("staging", "production"):
        promote(desk.call(), references.parse("risk:1"), stage, reason="x")
    set_alias(desk.call(), references.parse("risk:1"), "champion")
    return desk


def _store(desk: Desk, content: bytes) -> None:
    path = desk.registry.store.path(desk.held(content).digest)
    assert path is not None
    path.write_bytes(content)


def _sick(desk: Desk, *statements: str) -> None:
    """Change the database behind its back, its own constraints switched off."""
    with desk.registry.database.engine.connect() as connection:
        for statement in (_UNCHECKED[connection.dialect.name], *statements):
            connection.exec_driver_sql(statement)


def _found(desk: Desk) -> str:
    report = diagnose(desk.registry)
    assert not report.healthy
    assert all(finding.hint for finding in report.findings)
    return " ".join(f"[{finding.area}] {finding.detail}" for finding in report.findings)


def test_a_registry_that_was_only_used_is_healthy(healthy: Desk) -> None:
    """Everything is examined, nothing is found."""
    report = diagnose(healthy.registry)
    assert report == Report([], ["revision", "schema", "ledger", "rows", "evidence", "bytes"])
    assert report.healthy


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DROP INDEX ix_versions_created", "There is no index ix_versions_created"),
        ("ALTER TABLE models ADD COLUMN extra INTEGER", "models"),
        ("ALTER TABLE aliases RENAME COLUMN changed_at TO altered_at", "aliases"),
        ("DROP TABLE leases", "leases"),
    ],
)
def test_a_schema_that_was_changed_is_found(healthy: Desk, statement: str, said: str) -> None:
    """An index, a column, a table: the finding names it."""
    _sick(healthy, statement)
    assert any(finding.area == "schema" and said in finding.detail for finding in diagnose(healthy.registry).findings)


def test_a_trigger_of_somebody_else_is_found(healthy: Desk) -> None:
    """It could refuse or change what we write."""
    if healthy.registry.database.dialect == "sqlite":
        _sick(healthy, "CREATE TRIGGER spy AFTER INSERT ON models BEGIN SELECT 1; END")
    else:
        _sick(
            healthy,
            "CREATE FUNCTION spy() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            "CREATE TRIGGER spy AFTER INSERT ON models EXECUTE FUNCTION spy()",
        )
    assert "trigger spy" in _found(healthy)


def test_an_index_of_an_administrator_is_welcome(healthy: Desk) -> None:
    """More indexes harm nobody."""
    _sick(healthy, "CREATE INDEX my_own ON models (kind)", "CREATE TABLE my_own_table (id INTEGER PRIMARY KEY)")
    assert diagnose(healthy.registry).healthy


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE ledger_entries SET actor = 'mallory' WHERE sequence = 3", "[ledger] Entry 3 "),
        ("DELETE FROM label_spans WHERE label = 'production'", "default/risk:1 in production"),
        ("DELETE FROM label_spans WHERE label = 'champion'", "default/risk:1 as champion"),
        ("UPDATE versions SET stage = 'production' WHERE number = 2", "Several versions are in a stage"),
        ("UPDATE versions SET stage = 'none' WHERE number = 1", "spans say that labels name versions"),
        ("DELETE FROM aliases", "default/risk:1 as champion"),
        ("UPDATE models SET next_number = 2", "next number of models was given out before: default/risk."),
        ("DELETE FROM files WHERE version_id = (SELECT id FROM versions WHERE number = 2)", "default/risk:2"),
        ("DELETE FROM blobs WHERE size = 3", "Files of versions have no bytes"),
        ("UPDATE blobs SET size = 4", "bytes of another size"),
        ("DELETE FROM documents", "lack their manifest"),
        ("DELETE FROM ledger_entries WHERE action = 'version.registered'", "registered without an entry"),
        ("DELETE FROM namespaces", "Rows of models name a namespace_id that is not in namespaces"),
        ("DELETE FROM models", "Rows of versions name a model_id that is not in models"),
    ],
)
def test_rows_that_do_not_agree_are_found(healthy: Desk, statement: str, said: str) -> None:
    """The finding names what it is about."""
    _sick(healthy, statement)
    assert said in _found(healthy)


@pytest.mark.parametrize("content", [None, b"short", b""])
def test_bytes_that_are_gone_or_cut_are_found(healthy: Desk, content: bytes | None) -> None:
    """The finding names the digest."""
    digest = healthy.held(CONTENTS[0]).digest
    path = healthy.registry.store.path(digest)
    assert path is not None
    path.unlink() if content is None else path.write_bytes(content)
    findings = diagnose(healthy.registry).findings
    assert [finding.area for finding in findings] == ["bytes"]
    assert digest in findings[0].detail


def test_many_missing_bytes_are_not_all_listed(healthy: Desk) -> None:
    """A report stays readable when a whole store is gone."""
    for number in range(50):
        healthy.held(b"content %d" % number)
    findings = diagnose(healthy.registry).findings
    assert 20 <= len(findings) < 60
    assert findings[-1].detail.startswith("There may be more")


def test_a_bucket_is_sampled(backend_registry: Registry) -> None:
    """Missing bytes are found in a real object store too, and a store that is gone is a finding, not a crash."""
    findings = diagnose(backend_registry, every_blob=True).findings
    assert {finding.area for finding in findings} == {"bytes"}
    assert diagnose(backend_registry).findings == findings


@pytest.fixture
def backend_registry(database_url: str, store: Store) -> Registry:
    """A registry in which one blob has a row and no bytes, on each database and each store."""
    database = connect(database_url)
    migrate(database)
    with database.write() as tx:
        tx.execute(blobs.insert(), {"digest": "sha256:" + "a" * 64, "size": 1, "created_at": 0})
    return Registry(database, open_store(store.url), Settings())


def test_a_database_without_schema_is_told_to_migrate(bare_database_url: str, tmp_path: Path) -> None:
    """Nothing else is examined: there is nothing to read."""
    database = connect(bare_database_url)
    report = diagnose(Registry(database, open_store(tmp_path / "blobs"), Settings()))
    assert report.examined == ["revision"]
    assert report.findings == [
        Finding("revision", "The database lacks the migrations 0001.", "Run `holotype admin migrate`.")
    ]
    database.close()


def test_the_doctor_changes_nothing(healthy: Desk) -> None:
    """Not a row, not an object, also when it finds something."""
    _sick(healthy, "UPDATE models SET next_number = 1", "DROP INDEX ix_versions_created")
    before = _everything(healthy.registry.database)
    diagnose(healthy.registry)
    assert _everything(healthy.registry.database) == before


def _everything(database: Database) -> list[object]:
    with database.read() as tx:
        tables = ("models", "versions", "ledger_entries", "ledger_head", "label_spans", "blobs", "alembic_version")
        rows = [tx.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1").all() for table in tables]
        schemas = [] if database.dialect == "sqlite" else tx.exec_driver_sql("SELECT nspname FROM pg_namespace").all()
    return [rows, sorted(map(str, schemas)), objects.present(database)]
