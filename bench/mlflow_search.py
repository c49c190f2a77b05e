"""How soon is a page of a search there for an MLflow client, at 100,000 versions, from ours and from MLflow's server?

Both databases are filled by themselves with the same numbers of models, versions and tags, all in one namespace.
"""

from __future__ import annotations

import http.client
import json
import socket
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from bench import catalogue
from bench.driving import Load, drive, get
from bench.peer import peering
from bench.servers import HOST, Server, apart, place, serving
from bench.table import Row, verdict
from bench.turns import resting
from holotype import db
from holotype.operations.migrate import migrate
from tests.clients.peers import Peer

VERSIONS, TIMES = 100_000, 10
_API = "/api/2.0/mlflow"
_SECONDS = 2.0
_URI, _RUN = "'s3://lake/models/'", "printf('%032x', {})"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a noun, a filter, an order, and whether it is the second page that is timed."""

    noun: str
    filter: str = ""
    order: tuple[str, ...] = ()
    second: bool = False

    def __str__(self) -> str:
        """Say it in a few words."""
        words = [self.noun, f"`{self.filter}`" if self.filter else "(all)"]
        words += [f"by {', '.join(self.order)}"] if self.order else []
        return " ".join([*words, *(["(second page)"] if self.second else [])])


QUESTIONS = (
    Question("model-versions"),
    Question("model-versions", "name = '{name}'"),
    Question("model-versions", "name LIKE 'fraud%'"),
    Question("model-versions", "run_id = '{run}'"),
    Question("model-versions", "tags.rare = 'yes'"),
    Question("model-versions", "source_path = 's3://lake/models/77777'"),
    Question("model-versions", "name LIKE '%fraud%' AND version_number > 10 AND tags.rare = 'yes'"),
    Question("model-versions", order=("name ASC", "version_number DESC")),
    Question("model-versions", "name = '{name}'", order=("creation_timestamp ASC",), second=True),
    Question("model-versions", second=True),
    Question("registered-models"),
    Question("registered-models", "name LIKE '%fraud%'"),
    Question("registered-models", order=("last_updated_timestamp DESC",), second=True),
)


def search() -> list[Row]:
    """Ask every question of both, at 100,000 versions."""
    cores = apart()[0]
    with place() as folder:
        filled = _ours(folder / "ours")
        with serving(folder / "ours", cores=cores) as ours, peering(folder / "theirs", cores=cores) as theirs:
            name = _theirs(theirs.database, filled)
            return [_row(one, *_both(one, name, ours, theirs)) for one in QUESTIONS]


def _both(question: Question, name: str, ours: Server, theirs: Peer) -> tuple[Load, Load]:
    """Ask both, one after the other, while the other one rests."""
    with resting(theirs):
        first = _asked(question, name, ours)
    with resting(ours):
        return first, _asked(question, name, theirs)


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


def _asked(question: Question, name: str, server: Server | Peer) -> Load:
    text = question.filter
    text = text.format(name=name, run=f"{77_777:032x}") if "{" in text else text
    asked: dict[str, Any] = {"max_results": 100, "order_by": question.order} | ({"filter": text} if text else {})
    where = f"{_API}/{question.noun}/search?"
    if question.second:
        asked["page_token"] = _first(server, where + urlencode(asked, doseq=True))["next_page_token"]
    request = [get(server, where + urlencode(asked, doseq=True))]
    drive(server, request, seconds=60, connections=1, once=True)
    return drive(server, request, seconds=_SECONDS, connections=1)


def _first(server: Server | Peer, path: str) -> dict[str, Any]:
    """Return the first page, which has the token of the second."""
    with socket.create_connection((HOST, server.port), timeout=60) as connection:
        connection.sendall(get(server, path))
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        found: dict[str, Any] = json.loads(answer.read())
        return found


def _row(question: Question, ours: Load, theirs: Load) -> Row:
    ratio = theirs.at(0.95) / ours.at(0.95)
    return Row(
        f"MLflow client: search {question} at {VERSIONS:,}",
        f"p95 {ours.at(0.95):.1f} ms",
        f"MLflow's server: p95 {theirs.at(0.95):.1f} ms",
        f"{ratio:.0f} ×",
        f"≥ {TIMES} × MLflow",
        verdict(ratio >= TIMES),
    )
