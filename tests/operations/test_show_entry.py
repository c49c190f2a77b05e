"""Does one entry of the ledger come with what proves it, to whoever sees it in the list, and to nobody else?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from holotype.client.auditing.single import fault_of
from holotype.domain import merkle, proofs
from holotype.domain.permissions import Permission
from holotype.errors import NotFound
from holotype.ledger.tables import checkpoints, ledger_entries
from holotype.operations.bootstrap import bootstrap
from holotype.operations.read_ledger import Wanted, read_ledger
from holotype.operations.show_entry import show_entry
from holotype.operations.sign_checkpoint import ensure_key, sign_checkpoint
from holotype.wire import present
from holotype.wire.audit import Entry
from tests.support.counting import statements
from tests.support.people import member, owner, signed_in
from tests.support.registry import Desk, open_desk


@pytest.fixture
def audited(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A registry with its key and a few versions, all of it signed."""
    with open_desk(database_url, tmp_path / "store", data=tmp_path) as desk:
        bootstrap(desk.call())
        ensure_key(desk.call())
        for content in (b"one", b"two", b"three"):
            desk.register("fraud", content)
        sign_checkpoint(desk.call())
        yield desk


def test_every_entry_leads_to_the_head_that_was_signed(audited: Desk) -> None:
    """Its bytes hash to its leaf, and its leaf with the proof to the root of the checkpoint."""
    for event in read_ledger(audited.call(), Wanted(), limit=100):
        found = show_entry(audited.call(), event.sequence)
        assert (found.event, found.fault) == (event, None)
        assert found.leaf == merkle.leaf_hash(found.content)
        assert found.checkpoint is not None
        assert found.proof is not None
        root = proofs.root_of_inclusion(event.sequence - 1, found.checkpoint.size, found.leaf, found.proof.hashes)
        assert root == found.checkpoint.root


def test_an_entry_that_no_checkpoint_covers_yet_is_proved_against_the_ledger_as_it_is(audited: Desk) -> None:
    """That it is not signed yet is not held against it."""
    newest = audited.register("fraud", b"four")
    event = read_ledger(audited.call(), Wanted(subject=newest.reference), limit=1)[0]
    found = show_entry(audited.call(), event.sequence)
    assert (found.checkpoint, found.fault) == (None, None)
    assert found.proof is not None
    assert found.proof.root.hex() == read_ledger(audited.call(), Wanted(), limit=1)[0].root


def test_what_was_changed_afterwards_is_told(audited: Desk) -> None:
    """An entry that was rewritten, one whose hash was rewritten with it, and a checkpoint of another history."""
    third = ledger_entries.update().where(ledger_entries.c.sequence == 3)
    with audited.registry.database.write() as tx:
        tx.execute(third.values(actor="mallory"))
    assert "changed after it was written" in str(show_entry(audited.call(), 3).fault)
    forged = merkle.leaf_hash(show_entry(audited.call(), 3).content)
    with audited.registry.database.write() as tx:
        tx.execute(third.values(leaf=forged))
    assert "does not hold entry 3" in str(show_entry(audited.call(), 3).fault)


def test_a_head_that_was_not_signed_is_told(audited: Desk) -> None:
    """The tree may fit in itself: the signed head tells whether it is the one of that day."""
    note = audited.rows(sa.select(checkpoints.c.note))[0]["note"]
    lines = str(note).split("\n")
    lines[2] = "A" * 43 + "="
    with audited.registry.database.write() as tx:
        tx.execute(checkpoints.update().values(note="\n".join(lines)))
    assert "not the one that was signed" in str(show_entry(audited.call(), 3).fault)


def test_what_somebody_may_not_see_is_not_there(audited: Desk) -> None:
    """The same words as for a number that no entry has, and a note for the ledger where there is one."""
    boss = owner(audited)
    reader = signed_in(audited, member(audited, boss, "robot", ("reader", "default/fraud")))
    seen = {event.sequence for event in read_ledger(reader, Wanted(), limit=100)}
    last = read_ledger(audited.call(), Wanted(), limit=1)[0].sequence
    assert 0 < len(seen) < last
    for sequence in range(1, last + 1):
        if sequence in seen:
            assert show_entry(reader, sequence).fault is None
            continue
        with pytest.raises(NotFound, match=f"no entry {sequence}") as refused:
            show_entry(reader, sequence)
        assert refused.value.permission == Permission.LEDGER_READ
    with pytest.raises(NotFound) as missing:
        show_entry(reader, last + 1)
    assert missing.value.permission == ""


def test_it_costs_the_same_however_long_the_ledger_is(audited: Desk) -> None:
    """Four statements, and no more rows than a proof has hashes."""
    for count in (0, 40):
        for number in range(count):
            audited.register("fraud", b"%d" % number)
        with statements(audited.registry.database) as sent:
            show_entry(audited.call(), 2)
        assert len(sent) <= 4, sent


def test_a_client_follows_the_proof_itself(audited: Desk) -> None:
    """Whatever the server says of it, what does not fit is found."""
    found = show_entry(audited.call(), 3)
    assert found.proof is not None
    assert found.checkpoint is not None
    hashes = [one.hex() for one in found.proof.hashes]
    right = {
        "event": present.event(found.event),
        "text": found.content.decode(),
        "leaf": found.leaf.hex(),
        "size": found.proof.size,
        "hashes": hashes,
        "root": found.proof.root.hex(),
        "checkpoint": found.checkpoint.note,
    }
    assert fault_of(Entry(**right)) is None
    for wrong in (
        {"text": found.content.decode().replace("ada", "eve")},
        {"hashes": hashes[:-1]},
        {"hashes": [*hashes[:-1], "00" * 32]},
        {"root": "00" * 32},
        {"checkpoint": "no note"},
        {"checkpoint": None, "fault": "The server says so."},
        {"size": 2},
    ):
        assert fault_of(Entry(**(right | wrong))) is not None, wrong
