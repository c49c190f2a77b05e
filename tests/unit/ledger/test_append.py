"""Does the ledger hold every event once, in order, bound to its root?"""

from __future__ import annotations

import multiprocessing
import os
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from holotype.db import Database, connect
from holotype.domain import merkle
from holotype.domain.entities import Actor
from holotype.domain.events import Action
from holotype.errors import Unavailable
from holotype.ledger import read
from holotype.ledger.append import Entry, append
from holotype.ledger.tables import ledger_entries, ledger_head
from holotype.ledger.verify import verify_chain
from tests.support.counting import statements

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
_fork = multiprocessing.get_context("fork")


def _note(database: Database, subject: str, *, now: datetime = NOW, count: int = 1) -> list[int]:
    with database.write() as tx:
        entries = [Entry(Action.MODEL_CREATED, f"{subject}/{i}", {"n": i}) for i in range(count)]
        return append(tx, actor=Actor("ada"), now=now, entries=entries)


def _note_and_raise(database: Database) -> None:
    with database.write() as tx:
        append(tx, actor=Actor("ada"), now=NOW, entries=[Entry(Action.MODEL_CREATED, "b")])
        raise LookupError


def _check(database: Database, expected: int) -> None:
    with database.snapshot() as tx:
        sequences = list(tx.execute(sa.select(ledger_entries.c.sequence).order_by("sequence")).scalars())
        verdict = verify_chain(tx)
    assert sequences == list(range(1, expected + 1))
    assert verdict.fault is None
    assert verdict.entries == expected


def test_sequences_count_from_one_without_a_gap(database: Database) -> None:
    """Entries of one verb follow each other, and so do the verbs."""
    assert _note(database, "a") == [1]
    assert _note(database, "b", count=3) == [2, 3, 4]
    assert _note(database, "c", count=0) == []
    assert _note(database, "d") == [5]
    _check(database, 5)


def test_a_verb_that_raises_leaves_no_entry_and_no_gap(database: Database) -> None:
    """The head goes back with the entries."""
    _note(database, "a")
    with pytest.raises(LookupError):
        _note_and_raise(database)
    _note(database, "c")
    _check(database, 2)


def test_verbs_that_share_a_commit_read_the_head_once(database: Database) -> None:
    """Each goes on from the verb before; after one that was undone the head is read again."""
    started, verbs = threading.Event(), 12

    def verb(number: int) -> None:
        with database.write() as tx:
            if not started.is_set():
                started.set()
                while database._writer._waiting < verbs - 1:
                    started.wait(0.001)
            append(tx, actor=Actor("ada"), now=NOW, entries=[Entry(Action.MODEL_CREATED, f"m{number}")])
            if number % 4 == 0:
                raise LookupError

    with statements(database) as sent, ThreadPoolExecutor(verbs) as pool:
        failed = sum(one.exception() is not None for one in [pool.submit(verb, number) for number in range(verbs)])
    assert failed == 3
    assert 1 <= sum(text.startswith("SELECT ledger_head") for text, _ in sent) <= 1 + failed
    _check(database, verbs - failed)


def test_an_entry_comes_back_as_it_was_written(database: Database) -> None:
    """Text in any script, numbers and nesting survive; the root is the tree's."""
    data: dict[str, object] = {"größe": 1.5, "list": [1, None, True], "文": {"😀": '\x07 \\ " €'}}
    with database.write() as tx:
        append(tx, actor=Actor("ада"), now=NOW, entries=[Entry(Action.ALIAS_SET, "risk/fraud:7", data)])
    with database.read() as tx:
        event = read.page(tx, read.Filter())[0]
        row = tx.execute(sa.select(ledger_entries)).one()
    assert (event.sequence, event.time, event.actor, event.action) == (1, NOW, "ада", "alias.set")
    assert event.data == data
    assert event.root == row.root.hex() == row.leaf.hex()


def test_times_never_run_backwards(database: Database) -> None:
    """A clock that was set back does not reorder history: the entry gets the time of the one before it."""
    _note(database, "a", now=NOW)
    _note(database, "b", now=NOW - timedelta(hours=1))
    _note(database, "c", now=NOW + timedelta(seconds=1))
    with database.read() as tx:
        moments = [event.time for event in read.page(tx, read.Filter())]
    assert moments == [NOW + timedelta(seconds=1), NOW, NOW]
    _check(database, 3)


def test_a_hundred_threads_append_without_gap_or_loss(database: Database) -> None:
    """Every verb of every thread has its entry, and the root is that of all of them."""
    with ThreadPoolExecutor(100) as pool:
        sequences = [
            s for noted in pool.map(lambda i: _note(database, f"t{i}", count=1 + i % 3), range(300)) for s in noted
        ]
    assert sorted(sequences) == list(range(1, 601))
    _check(database, 600)


def _append_in_child(url: str, name: str) -> None:
    database = connect(url)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: _note(database, f"{name}{i}"), range(150)))
    database.close()
    os._exit(0)


def test_two_processes_append_to_one_database(database: Database, database_url: str) -> None:
    """Two servers at once: one order, no gap, one tree."""
    children = [_fork.Process(target=_append_in_child, args=(database_url, name)) for name in "ab"]
    for child in children:
        child.start()
    for child in children:
        child.join(120)
    assert [child.exitcode for child in children] == [0, 0]
    _check(database, 300)


def test_a_ledger_without_a_head_refuses_to_go_on(database: Database) -> None:
    """Starting a second tree beside the first would hide what was lost."""
    with database.write() as tx:
        tx.execute(ledger_head.delete())
    with pytest.raises(Unavailable, match="no head"):
        _note(database, "a")


@pytest.mark.parametrize(
    ("column", "value", "fault"),
    [
        ("actor", "mallory", "Entry 3 .* was changed"),
        ("subject", "other", "Entry 3 .* was changed"),
        ("data", '{"n": 2}', "Entry 3 .* was changed"),
        ("time", 1, "Entry 3 .* was changed"),
        ("action", "model.deleted", "Entry 3 .* was changed"),
        ("root", b"\x00" * 32, "does not hold entry 3"),
        ("nodes", b"\x00" * 32, "does not hold entry 3"),
        ("sequence", 77, "Entry 3 is missing"),
    ],
)
def test_a_changed_row_is_found(database: Database, column: str, value: object, fault: str) -> None:
    """Whichever column of an entry is changed behind our back, verification names the entry."""
    _note(database, "a", count=7)
    with database.write() as tx:
        tx.execute(ledger_entries.update().where(ledger_entries.c.sequence == 3).values({column: value}))
    _assert_fault(database, fault)


def test_a_changed_row_with_its_hashes_recomputed_is_found(database: Database) -> None:
    """Who changes the entry together with its leaf still cannot make the root that follows."""
    _note(database, "a", count=7)
    forged = merkle.leaf_hash(b"something else")
    with database.write() as tx:
        row = ledger_entries.update().where(ledger_entries.c.sequence == 3)
        tx.execute(row.values(leaf=forged, actor="mallory"))
    _assert_fault(database, "Entry 3 .* was changed")


def test_a_removed_row_is_found(database: Database) -> None:
    """In the middle, the first and the last."""
    for sequence, fault in ((7, "head counts 7"), (3, "Entry 3 is missing"), (1, "Entry 1 is missing")):
        if sequence == 7:
            _note(database, "a", count=7)
        with database.write() as tx:
            tx.execute(ledger_entries.delete().where(ledger_entries.c.sequence == sequence))
        _assert_fault(database, fault)


def test_a_head_that_was_changed_is_found(database: Database) -> None:
    """Its size, its edge and its time all belong to the entries."""
    _note(database, "a", count=3)
    for values in ({"edge": b"\x00" * 64}, {"time": 5}, {"size": 9}):
        with database.write() as tx:
            tx.execute(ledger_head.update().values(values))
        _assert_fault(database, "head")


def _assert_fault(database: Database, fault: str) -> None:
    with database.snapshot() as tx:
        verdict = verify_chain(tx)
    assert verdict.fault is not None
    assert not verdict.sound
    assert re.search(fault, verdict.fault)
