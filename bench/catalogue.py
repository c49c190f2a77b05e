"""How is a catalogue of a million versions made in a minute? By the database itself, statement by statement.

    python -m bench.catalogue sqlite:///big.db 1000000

The rows are what search looks at: 1,000 models of five namespaces, few of them with most of the versions; parameters,
metrics (some on a data set), tags, files, aliases, parents, descriptions. The same number gives the same rows. All
were looked into, as in a registry that is not just being filled: a server has no work of its own to do with them.
"""

from __future__ import annotations

import sys
import time

import sqlalchemy as sa

from holotype.catalogue import words  # its tables and columns are made with the others
from holotype.db import connect
from holotype.db.engine import Database
from holotype.db.metadata import metadata

MODELS = 1_000
_PRIMES = (1_000_003, 998_244_353, 754_974_721, 167_772_161, 469_762_049, 595_591_169, 645_922_817, 897_581_057)
_NAMESPACES = ("default", "risk", "vision", "search", "speech")
_SUBJECTS = ("fraud", "churn", "pricing", "ranking", "captions", "segments", "voices", "defects", "demand", "routes")
_WORDS = ("gradient", "boosted", "baseline", "retrained", "quarterly", "calibrated", "distilled", "candidate")
_TEAMS = ("risk", "core", "growth", "vision", "core", "growth", "vision", "core", "growth", "vision")
_START, _STEP = 1_700_000_000_000_000, 25_000_000


def generate(database: Database, versions: int, models: int = MODELS) -> None:
    """Fill an empty, migrated database with so many versions."""
    with database.write() as tx:
        for statement in _statements(database.dialect, versions, models):
            tx.execute(sa.text(statement.replace(":", "\\:")))
    with database.read() as tx:
        tx.exec_driver_sql("ANALYZE" if database.dialect == "sqlite" else "VACUUM ANALYZE")


def create(database: Database) -> None:
    """Make the tables without migrating, for measurements of search alone."""
    assert words
    with database.engine.begin() as connection:
        metadata.create_all(connection)


def _chance(salt: int, of: str = "id") -> str:
    """Return an expression between 0 and 1, the same for the same row."""
    a, b = _PRIMES[salt % 8], _PRIMES[(salt * 3 + 1) % 8]
    first, second = f"(({of} + {salt}) * {a} % 2147483647)", f"(({of} + {salt * 7}) * {b} % 2147483629)"
    return f"(({first} * {second} / 1024) % 1000003 / 1000003.0)"


def _pick(values: tuple[str, ...], chance: str) -> str:
    cases = " ".join(f"WHEN {i} THEN '{value}'" for i, value in enumerate(values))
    return f"CASE CAST({chance} * {len(values)} - 0.5 AS INTEGER) {cases} ELSE '{values[0]}' END"


def _statements(dialect: str, count: int, models: int) -> list[str]:
    return [*_things(dialect, count, models), *_contents(dialect), *_sequences(dialect)]


def _digest(dialect: str, of: str) -> str:
    return f"printf('sha256:%064x', {of})" if dialect == "sqlite" else f"'sha256:' || lpad(to_hex({of}), 64, '0')"


def _things(dialect: str, count: int, models: int) -> list[str]:
    series = f"WITH numbers AS (SELECT generate_series(1, {count})::bigint AS id)"
    if dialect == "sqlite":
        series = f"WITH RECURSIVE numbers(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM numbers WHERE id < {count})"
    whole = f"CAST({models} * {_chance(1)} * {_chance(1)} - 0.5 AS INTEGER)"
    words = f"{_pick(_WORDS, _chance(3))} || ' ' || {_pick(_WORDS, _chance(4))} || ' model number ' || id"
    return [
        *(
            f"INSERT INTO namespaces (id, name, created_at) VALUES ({i + 1}, '{name}', {_START})"
            for i, name in enumerate(_NAMESPACES)
        ),
        f"""{series} INSERT INTO models (id, namespace_id, name, next_number, created_at, created_by, changed_at,
            description)
            SELECT id, 1 + id % 5, {_pick(_SUBJECTS, _chance(5))} || '-' || id, {count}, {_START} + id, 'ada',
            {_START} + id, 'A model of ' || {_pick(_SUBJECTS, _chance(5))} FROM numbers WHERE id <= {models}""",
        f"""{series}, placed AS (SELECT id, 1 + CASE WHEN {whole} < 0 THEN 0 ELSE {whole} END AS model_id FROM numbers)
            INSERT INTO versions (id, namespace_id, model_id, number, digest, config_digest, size, file_count, stage,
            stage_changed_at, created_at, created_by, changed_at, examined_at, description)
            SELECT id, 1 + model_id % 5, model_id, row_number() OVER (PARTITION BY model_id ORDER BY id),
            {_digest(dialect, "id")}, {_digest(dialect, "0")},
            CAST(1e9 * {_chance(6)} * {_chance(6)} AS BIGINT) + 1000, 3,
            CASE WHEN {_chance(7)} < 0.02 THEN 'staging' WHEN {_chance(7)} < 0.2 THEN 'archived' ELSE 'none' END,
            {_START}, {_START} + id * {_STEP}, 'author-' || CAST(50 * {_chance(8)} AS INTEGER),
            {_START} + id * {_STEP}, {_START} + id * {_STEP},
            CASE WHEN {_chance(2)} < 0.3 THEN {words} ELSE '' END FROM placed""",
        "UPDATE versions SET stage = 'production' WHERE id IN (SELECT max(id) FROM versions GROUP BY model_id)",
        f"""INSERT INTO aliases (model_id, name, version_id, changed_at)
            SELECT model_id, 'champion', min(id), {_START} FROM versions GROUP BY model_id""",
    ]


def _contents(dialect: str) -> list[str]:
    plain = "metrics (version_id, model_id, name, value)"
    holdout = "metrics (version_id, model_id, name, dataset, slice, value)"
    digest = _digest(dialect, "id")
    return [
        _insert(plain, f"model_id, 'auc', 0.5 + 0.5 * {_chance(9)}", f"{_chance(10)} < 0.9"),
        _insert(plain, f"model_id, 'loss', {_chance(11)}"),
        _insert(holdout, f"model_id, 'auc', 'holdout', 'all', 0.5 + 0.5 * {_chance(12)}", f"{_chance(13)} < 0.3"),
        _number("depth", f"CAST(1 + 12 * {_chance(14)} AS INTEGER)"),
        _number("seed", "id"),
        _insert("parameters (version_id, name, text)", f"'optimizer', {_pick(('adam', 'sgd', 'lion'), _chance(15))}"),
        _insert("version_tags (version_id, key, value)", f"'team', {_pick(_TEAMS, _chance(16))}"),
        _insert("version_tags (version_id, key, value)", "'rare', 'yes'", "id % 997 = 0"),
        _file("model", _pick(("safetensors", "onnx", "pickle", "pickle", "safetensors"), _chance(17)), digest),
        _file("config.json", "'json'", digest),
        _file("README.md", "'markdown'", digest),
        _insert("data_references (version_id, position, uri, role)", "0, 's3://lake/set-' || (id % 50), 'training'"),
        _insert(
            "parents (version_id, position, reference, relation, parent_id)",
            "0, 'p:' || (id - 1), 'fine-tuned', id - 1",
            "id > 1 AND id % 10 = 0",
        ),
    ]


def _sequences(dialect: str) -> list[str]:
    tables = () if dialect == "sqlite" else ("namespaces", "models", "versions")
    return [f"SELECT setval(pg_get_serial_sequence('{t}', 'id'), (SELECT max(id) FROM {t}))" for t in tables]


def _insert(into: str, columns: str, where: str = "1 = 1") -> str:
    return f"INSERT INTO {into} SELECT id, {columns} FROM versions WHERE {where} ORDER BY versions.id"


def _number(name: str, value: str) -> str:
    return _insert("parameters (version_id, name, text, number)", f"'{name}', CAST({value} AS TEXT), {value}")


def _file(path: str, kind: str, digest: str) -> str:
    row = f"'{path}', {digest}, size / 3, 'weight', {kind}"
    return _insert("files (version_id, path, digest, size, role, format)", row)


def main() -> None:
    """Make the tables and the rows in the database of the first argument, as many versions as the second says."""
    database = connect(sys.argv[1])
    start = time.perf_counter()
    create(database)
    generate(database, int(sys.argv[2]))
    print(f"{int(sys.argv[2]):,} versions in {time.perf_counter() - start:.0f} s")
    database.close()


if __name__ == "__main__":
    main()
