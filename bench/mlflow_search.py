"""How soon is a page of a search there for an MLflow client, at 100,000 versions, from ours and from MLflow's server?

Both databases are filled by themselves with the same numbers of models, versions and tags, all in one namespace.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import urlencode

import sqlalchemy as sa

from bench import catalogue
from bench.driving import Load, drive, get
from bench.peer import peering
from bench.servers import Server, apart, place, serving
from bench.table import Row, verdict
from holotype import db
from holotype.operations.migrate import migrate
from tests.clients.peers import Peer

VERSIONS, TIMES = 100_000, 10
_API = "/api/2.0/mlflow"
_SECONDS = 2.0
_URI, _RUN = "'s3://lake/models/'", "printf('%032x', {})"
QUESTIONS = (
    ("model-versions", ""),
    ("model-versions", "name = '{name}'"),
    ("model-versions", "name LIKE 'fraud%'"),
    ("model-versions", "run_id = '{run}'"),
    ("model-versions", "tags.rare = 'yes'"),
    ("model-versions", "source_path = 's3://lake/models/77777'"),
    ("registered-models", ""),
    ("registered-models", "name LIKE '%fraud%'"),
)


def search() -> list[Row]:
    """Ask every question of both, at 100,000 versions."""
    cores = apart()[0]
    with place() as folder:
        filled = _ours(folder / "ours")
        with serving(folder / "ours", cores=cores) as ours, peering(folder / "theirs", cores=cores) as theirs:
            name = _theirs(theirs.database, filled)
            return [
                _row(noun, text, _asked(noun, text, name, ours), _asked(noun, text, name, theirs))
                for noun, text in QUESTIONS
            ]


def _ours(folder: Path) -> list[tuple[str, int, int, str]]:
    """Fill our database, and return name, number, moment (ms) and rarity of every version."""
    (folder / "data").mkdir(parents=True)
    database = db.connect(f"sqlite:///{folder / 'data' / 'holotype.db'}")
    migrate(database)
    catalogue.generate(database, VERSIONS)
    with database.write() as tx:
        for statement in (
            "UPDATE models SET namespace_id = 1",
            "UPDATE versions SET namespace_id = 1",
            f"INSERT INTO sources (version_id, uri, run_id) SELECT id, {_URI} || id, {_RUN.format('id')} FROM versions",
        ):
            tx.execute(sa.text(statement))
        found = tx.execute(
            sa.text(
                "SELECT models.name, versions.number, versions.changed_at / 1000, versions.id FROM versions"
                " JOIN models ON models.id = versions.model_id ORDER BY versions.id"
            )
        ).all()
    with database.read() as tx:
        tx.exec_driver_sql("ANALYZE")
    database.close()
    return [tuple(row) for row in found]


def _theirs(file: Path, rows: list[tuple[str, int, int, str]]) -> str:
    """Fill MLflow's tables with the same, and return the name of a model with many versions."""
    with sqlite3.connect(file, timeout=60) as tx:
        names = sorted({row[0] for row in rows})
        tx.executemany(
            "INSERT INTO registered_models (name, creation_time, last_updated_time) VALUES (?, 1, 1)",
            [(name,) for name in names],
        )
        tx.executemany(
            "INSERT INTO model_versions (name, version, creation_time, last_updated_time, current_stage, status, source"
            f", run_id) VALUES (?, ?, ?, ?, 'None', 'READY', {_URI} || ?, {_RUN.format('?')})",
            [(name, number, at, at, id_, id_) for name, number, at, id_ in rows],
        )
        tx.executemany(
            "INSERT INTO model_version_tags (name, version, key, value) VALUES (?, ?, 'rare', 'yes')",
            [(name, number) for name, number, _, id_ in rows if int(id_) % 997 == 0],
        )
        tx.execute("ANALYZE")
    counts: dict[str, int] = {}
    for name, *_ in rows:
        counts[name] = counts.get(name, 0) + 1
    return max(counts, key=lambda one: counts[one])


def _asked(noun: str, text: str, name: str, server: Server | Peer) -> Load:
    filter_ = text.format(name=name, run=f"{77_777:032x}") if "{" in text else text
    asked = {"max_results": 100} | ({"filter": filter_} if filter_ else {})
    request = [get(server, f"{_API}/{noun}/search?{urlencode(asked)}")]
    drive(server, request, seconds=60, connections=1, once=True)
    return drive(server, request, seconds=_SECONDS, connections=1)


def _row(noun: str, text: str, ours: Load, theirs: Load) -> Row:
    ratio = theirs.at(0.95) / ours.at(0.95)
    return Row(
        f"MLflow client: search {noun} {f'`{text}`' if text else '(all)'} at {VERSIONS:,}",
        f"p95 {ours.at(0.95):.1f} ms",
        f"MLflow's server: p95 {theirs.at(0.95):.1f} ms",
        f"{ratio:.0f} ×",
        f"≥ {TIMES} × MLflow",
        verdict(ratio >= TIMES),
    )
