"""Does every question to the ledger go along an index, however long the ledger is?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from holotype.db import Database, Tx, connect
from holotype.domain.entities import Actor
from holotype.domain.events import Action
from holotype.ledger import labels, read
from holotype.ledger.append import Entry, append
from holotype.ledger.read import Filter
from holotype.ledger.tables import label_spans
from holotype.operations.migrate import migrate
from tests.support.plans import analyze, plans
from tests.support.postgres import Postgres

START = datetime(2026, 1, 1, tzinfo=UTC)
LATE = START + timedelta(seconds=15_000)
LENGTH, SPANS = 20_000, 500
_THINGS = (
    "INSERT INTO namespaces (id, name, created_at) VALUES (1, 'd', 0)",
    f"""INSERT INTO models (id, namespace_id, name, created_at, created_by, changed_at)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {LENGTH // SPANS})
        SELECT i, 1, 'm' || i, 0, 'a', 0 FROM n""",
    f"""INSERT INTO versions (id, namespace_id, model_id, number, digest, config_digest, size, file_count, stage,
            stage_changed_at, created_at, created_by, changed_at)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {LENGTH})
        SELECT i, 1, 1 + (i - 1) / {SPANS}, i, 'sha256:' || i, '', 0, 0, 'none', 0, 0, 'a', 0 FROM n""",
)
SCANS = ("Seq Scan", "SCAN ")
SORTS = ("TEMP B-TREE", "Sort")
"""What a plan says when the cost grows with the table, and when a page has to be sorted first."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A ledger of 20,000 entries about 40 models, 10,000 of them about one; each model's label moved 500 times."""
    if request.param == "sqlite":
        url = f"sqlite:///{Path(tmp_path_factory.mktemp('plans')) / 'holotype.db'}"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        url = server.create_database("ledger_plans")
    opened = connect(url)
    migrate(opened)
    _fill(opened)
    analyze(opened)
    yield opened
    opened.close()
    if request.param == "postgresql":
        server.drop_database("ledger_plans")


def _fill(database: Database) -> None:
    for second in range(0, LENGTH, 500):
        with database.write() as tx:
            moment = START + timedelta(seconds=second)
            append(tx, actor=Actor(f"actor{second % 7}"), now=moment, entries=[_entry(second + n) for n in range(500)])
    with database.write() as tx:
        for statement in _THINGS:
            tx.exec_driver_sql(statement)
        tx.execute(label_spans.insert(), [_span(number) for number in range(1, LENGTH + 1)])


def _entry(number: int) -> Entry:
    model = 1 if number % 2 else 2 + number % 39
    action = Action.MODEL_DELETED if number % 5_000 == 0 else Action.VERSION_REGISTERED
    return Entry(action, f"m{model}:{number}", {}, namespace_id=model % 5, model_id=model, version_id=number)


def _span(number: int) -> dict[str, object]:
    last = number % SPANS == 0
    span = {"model_id": 1 + (number - 1) // SPANS, "label": "production", "version_id": number}
    closed = {"until_sequence": None if last else number + 1}
    return span | closed | {"since_sequence": number}


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Filter(), "pk_ledger_entries|INTEGER PRIMARY KEY|SCAN ledger_entries"),
        (Filter(model_id=1), "ix_ledger_entries_model|pk_ledger_entries"),
        (Filter(model_id=17), "ix_ledger_entries_model"),
        (Filter(version_id=1234), "ix_ledger_entries_version"),
        (Filter(action="model.deleted"), "ix_ledger_entries_action"),
        (Filter(subject="m17:17"), "ix_ledger_entries_subject"),
        (Filter(actor="nobody"), "ix_ledger_entries_actor"),
        (Filter(since=LATE, until=LATE), "pk_ledger_entries|INTEGER PRIMARY KEY"),
    ],
)
@pytest.mark.parametrize("before", [None, 9_999])
def test_a_page_goes_along_an_index(database: Database, wanted: Filter, index: str, before: int | None) -> None:
    """First pages and later ones, with every filter, newest first without sorting."""
    found = plans(database, lambda tx: read.page(tx, wanted, before=before, limit=50))
    _assert_none(found, SCANS + SORTS)
    assert any(name in found[-1] for name in index.split("|")), found[-1]


@pytest.mark.parametrize(
    "question",
    [
        lambda tx: labels.at(tx, model_id=1, label="production", moment=LATE),
        lambda tx: labels.previous(tx, model_id=1, label="production", version_id=SPANS),
    ],
    ids=["at", "previous"],
)
def test_a_label_goes_along_an_index(database: Database, question: Callable[[Tx], object]) -> None:
    """The moment is found by time, the holders by label; what one label has seen may be sorted."""
    _assert_none(plans(database, question), SCANS)


def test_a_span_is_left_along_the_key(database: Database) -> None:
    """Leaving a label touches one row of twenty thousand."""
    with database.write() as tx:
        labels.leave(tx, model_id=1, label="production", version_id=SPANS, sequence=LENGTH, now=LATE)
    with database.read() as tx:
        assert labels.at(tx, model_id=1, label="production", moment=LATE + timedelta(days=1)) == []


def _assert_none(found: list[str], marks: tuple[str, ...]) -> None:
    assert found
    for plan in found:
        # The bare SCAN of SQLite walks the table backwards along its key, and stops at the limit of the page.
        lines = [line for line in plan.splitlines() if line != "SCAN ledger_entries"]
        assert [line for line in lines if any(mark in line for mark in marks)] == [], plan
