"""How soon is the first page of a search there, at 100,000 versions and at a million?

The catalogue is generated in the database (``bench.catalogue``); the questions go through the HTTP API, one after the
other. Every question is asked once before it counts: a server that has just started reads its indexes from the disk.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from bench import budgets, catalogue
from bench.driving import Load, drive, get
from bench.options import Options
from bench.servers import Server, place, serving
from bench.table import Row, verdict
from holotype import db
from holotype.operations.migrate import migrate
from tests.support.postgres import start_postgres

_PAGE, _SECONDS = 100, 1.5


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a list, a query in it, an order."""

    query: str
    sort: str = ""
    noun: str = "versions"

    @property
    def path(self) -> str:
        """The request target."""
        return f"/api/v1/{self.noun}?" + urlencode({"query": self.query, "sort": self.sort, "limit": _PAGE})

    def __str__(self) -> str:
        """Say it as a person would."""
        return " ".join(filter(None, (self.noun, self.query and f"`{self.query}`", self.sort and f"by {self.sort}")))


QUESTIONS = (
    Question(""),
    Question("", "-size"),
    Question("model:risk/fraud-1"),
    Question("stage:production"),
    Question("alias:champion", "name"),
    Question("tag.team:risk"),
    Question("tag.rare:yes metric.auc>0.5"),
    Question("metric.auc>0.9"),
    Question("metric.auc>0.9", "-metric.auc"),
    Question("tag.team:risk metric.auc>0.9", "-metric.auc"),
    Question("metric.auc@holdout>0.9 stage:staging"),
    Question("param.depth=6 param.optimizer:adam"),
    Question("format:safetensors created>2024-01-01"),
    Question("author:author-7 NOT stage:none"),
    Question("gradient calibrated"),
    Question("gradient stage:archived"),
    Question("quarterly OR distilled"),
    Question("", noun="models"),
    Question("fraud", noun="models"),
    Question("tag.team:risk metric.auc>0.99", noun="models"),
)


def measure(options: Options) -> list[Row]:
    """Ask every question on both databases, at both sizes."""
    rows = []
    for count in (100_000, 1_000_000) if options.million else (100_000,):
        for name, database in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
            with place() as folder, database(folder) as url:
                _fill(url, count)
                rows += _ask(folder, url, f"{count:,} in {name}", options)
    return rows


def _fill(url: str, count: int) -> None:
    database = db.connect(url)
    try:
        migrate(database)
        catalogue.generate(database, count)
    finally:
        database.close()


def _ask(folder: Path, url: str, what: str, options: Options) -> list[Row]:
    with serving(folder, "--database", url) as server:
        found = {question: _times(server, question, options) for question in QUESTIONS}
    for question, load in found.items():
        print(f"    {what}: {question}: p50 {load.at(0.5):.1f} ms, p95 {load.at(0.95):.1f} ms", flush=True)
    return [
        _row(f"search {noun}, {what}", {one: load for one, load in found.items() if one.noun == noun})
        for noun in ("versions", "models")
    ]


def _row(what: str, found: dict[Question, Load]) -> Row:
    worst = max(found, key=lambda question: found[question].at(0.95))
    best = min(found.values(), key=lambda load: load.at(0.95))
    slowest = found[worst].at(0.95)
    return Row(
        what,
        f"p95 {best.at(0.95):.1f}–{slowest:.1f} ms, first page of {_PAGE}",
        f"{len(found)} questions; the slowest: {worst}, p50 {found[worst].at(0.5):.1f} ms".replace("|", "/"),
        "",
        f"p95 ≤ {budgets.SEARCH_MS:g} ms",
        verdict(slowest <= budgets.SEARCH_MS),
        budgets.PEER_SEARCH,
    )


def _times(server: Server, question: Question, options: Options) -> Load:
    request = [get(server, question.path)]
    drive(server, request, seconds=60, connections=1, once=True)
    return drive(server, request, seconds=min(_SECONDS, options.seconds), connections=1)


@contextlib.contextmanager
def _sqlite(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'catalogue.db'}"


@contextlib.contextmanager
def _postgresql(_: Path) -> Iterator[str]:
    """Give a database of the PostgreSQL that the tests use: without durability, with 32 MB of buffers."""
    running = start_postgres()
    try:
        yield running.create_database("catalogue")
    finally:
        running.stop()
