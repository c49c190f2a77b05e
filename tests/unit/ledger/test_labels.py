"""Which version did a label name at a moment, and which before?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from holotype.catalogue.tables import models, namespaces, versions
from holotype.db import Database, Tx
from holotype.domain.entities import Actor
from holotype.domain.events import Action
from holotype.ledger import labels
from holotype.ledger.append import Entry, append

START = datetime(2026, 1, 1, tzinfo=UTC)


def _at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.fixture
def model(database: Database) -> int:
    """The id of a model with versions 1 … 9, whose ids are their numbers."""
    with database.write() as tx:
        tx.execute(namespaces.insert(), {"id": 1, "name": "default", "created_at": 0})
        tx.execute(
            models.insert(),
            {"id": 1, "namespace_id": 1, "name": "m", "created_at": 0, "created_by": "ada", "changed_at": 0},
        )
        tx.execute(versions.insert(), [_version(number) for number in range(1, 10)])
    return 1


def _version(number: int) -> dict[str, object]:
    zeros = dict.fromkeys(("size", "file_count", "stage_changed_at", "created_at", "changed_at"), 0)
    words = {"digest": f"sha256:{number:064}", "config_digest": "", "stage": "none", "created_by": "ada"}
    return {"id": number, "namespace_id": 1, "model_id": 1, "number": number, **zeros, **words}


def _note(tx: Tx, seconds: float, action: Action = Action.VERSION_MOVED) -> int:
    return append(tx, actor=Actor("ada"), now=_at(seconds), entries=[Entry(action, "m", model_id=1)])[0]


def _swap(
    database: Database, seconds: float, leaving: int | None, entering: int | None, label: str = "production"
) -> None:
    with database.write() as tx:
        sequence = _note(tx, seconds)
        if leaving is not None:
            labels.leave(tx, model_id=1, label=label, version_id=leaving, sequence=sequence, now=_at(seconds))
        if entering is not None:
            labels.enter(tx, model_id=1, label=label, version_id=entering, sequence=sequence, now=_at(seconds))


def _named(database: Database, seconds: float, label: str = "production") -> list[int]:
    with database.read() as tx:
        return labels.at(tx, model_id=1, label=label, moment=_at(seconds))


def _former(database: Database, current: int | None, label: str = "production") -> list[int]:
    with database.read() as tx:
        return labels.previous(tx, model_id=1, label=label, version_id=current)


def test_a_label_is_answered_for_every_moment(database: Database, model: int) -> None:
    """Before, while and after: a span begins with its first moment and ends before its last."""
    _swap(database, 10, None, 1)
    _swap(database, 20, 1, 2)
    _swap(database, 30, 2, None)
    _swap(database, 40, None, 1)
    answers = {9.9: [], 10: [1], 19.9: [1], 20: [2], 29.9: [2], 30: [], 39.9: [], 40: [1], 9999: [1]}
    assert {moment: _named(database, moment) for moment in answers} == answers


def test_labels_of_a_model_do_not_mix(database: Database, model: int) -> None:
    """A stage and an alias have spans of their own."""
    _swap(database, 10, None, 1)
    _swap(database, 20, None, 2, label="champion")
    assert _named(database, 30) == [1]
    assert _named(database, 30, "champion") == [2]
    assert _named(database, 15, "champion") == []
    assert _named(database, 30, "unknown") == []


def test_a_stage_that_holds_several_names_them_all(database: Database, model: int) -> None:
    """The last to come is the first in the list."""
    for seconds, number in ((10, 3), (20, 1), (30, 2)):
        _swap(database, seconds, None, number, label="staging")
    _swap(database, 40, 1, None, label="staging")
    assert _named(database, 35, "staging") == [2, 1, 3]
    assert _named(database, 45, "staging") == [2, 3]


def test_a_clock_that_was_set_back_does_not_hide_a_span(database: Database, model: int) -> None:
    """Spans follow the order of the ledger; one that seems to end before it began was still there in between."""
    _swap(database, 100, None, 1)
    _swap(database, 50, 1, 2)
    assert _named(database, 99) == []
    assert _named(database, 100) == [2]
    assert _former(database, 2) == [1]


def test_two_labels_at_one_moment_are_those_after_it(database: Database, model: int) -> None:
    """Within one moment the last entry counts."""
    _swap(database, 10, None, 1)
    _swap(database, 10, 1, 2)
    assert _named(database, 10) == [2]


def test_former_holders_come_latest_first_and_once(database: Database, model: int) -> None:
    """Without the present one, however often each held the label."""
    assert _former(database, None) == []
    for seconds, (leaving, entering) in enumerate([(None, 1), (1, 2), (2, 3), (3, 2), (2, 4)]):
        _swap(database, seconds, leaving, entering)
    assert _former(database, 4) == [2, 3, 1]
    assert _former(database, None) == [4, 2, 3, 1]


def test_a_long_history_is_not_read_whole(database: Database, model: int) -> None:
    """Of a thousand changes only the last ones are looked at."""
    with database.write() as tx:
        for seconds in range(1, 1001):
            holder = 1 if seconds == 1 else 2 + seconds % 2
            labels.enter(tx, model_id=1, label="x", version_id=holder, sequence=_note(tx, seconds), now=_at(seconds))
            labels.leave(tx, model_id=1, label="x", version_id=holder, sequence=_note(tx, seconds), now=_at(seconds))
    assert _former(database, None, "x") == [2, 3]
    with database.read() as tx:
        assert tx.execute(sa.text("SELECT count(*) FROM label_spans")).scalar_one() == 1000
