"""Is each entry of a history proved to be in the ledger as it was written, and is what does not fit told?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from holotype import Client
from holotype.domain import proofs
from holotype.domain.entities import Actor, Right
from holotype.domain.permissions import Permission
from holotype.domain.references import parse
from holotype.errors import Denied
from holotype.ledger.tables import checkpoints, ledger_entries
from holotype.operations.bootstrap import bootstrap
from holotype.operations.call import Call
from holotype.operations.history import history
from holotype.operations.promote import promote
from holotype.operations.proven_history import proven_history
from holotype.operations.sign_checkpoint import ensure_key, sign_checkpoint
from tests.support.counting import statements
from tests.support.registry import Desk, open_desk
from tests.support.server import serving

FRAUD = parse("fraud:1")


@pytest.fixture
def audited(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A registry with its key and a version that was pushed and staged, signed in between."""
    with open_desk(database_url, tmp_path / "store", data=tmp_path) as desk:
        bootstrap(desk.call())
        ensure_key(desk.call())
        desk.register("fraud")
        sign_checkpoint(desk.call())
        promote(desk.call(), FRAUD, "staging")
        yield desk


def changed(desk: Desk, table: sa.Table, where: sa.ColumnElement[bool], **values: object) -> None:
    """Change what nobody may change."""
    with desk.registry.database.write() as tx:
        tx.execute(table.update().where(where).values(values))


def test_every_entry_leads_to_the_tree_head(audited: Desk) -> None:
    """Also in pages; what came after the checkpoint is not signed yet, and that is no fault."""
    found = proven_history(audited.call(), FRAUD)
    assert [one.event for one in found.entries] == history(audited.call(), FRAUD)
    assert len(found.entries) >= 2
    assert found.fault is None
    for one in found.entries:
        assert one.fault is None
        assert one.proof is not None
        root = proofs.root_of_inclusion(one.event.sequence - 1, found.size, one.proof.leaf, one.proof.hashes)
        assert root.hex() == found.root
    assert [one.signed for one in (found.entries[0], found.entries[-1])] == [False, True]
    first = proven_history(audited.call(), FRAUD, limit=1)
    second = proven_history(audited.call(), FRAUD, before=first.entries[0].event.sequence, limit=50)
    assert [*first.entries, *second.entries] == list(found.entries)


def test_an_entry_that_was_changed_is_told(audited: Desk) -> None:
    """The others hold."""
    wrong = history(audited.call(), FRAUD)[-1].sequence
    changed(audited, ledger_entries, ledger_entries.c.sequence == wrong, actor="somebody else")
    told = {one.event.sequence: one.fault for one in proven_history(audited.call(), FRAUD).entries}
    assert "was changed after it was written" in str(told.pop(wrong))
    assert set(told.values()) == {None}


def test_a_ledger_other_than_the_signed_one_is_told(audited: Desk) -> None:
    """Whoever wrote all of it anew has no key."""
    sized = sa.select(sa.func.max(checkpoints.c.size)).scalar_subquery()
    note = audited.rows(sa.select(checkpoints.c.note).where(checkpoints.c.size == sized))[0]["note"]
    origin, size, root, *rest = str(note).split("\n")
    other = "\n".join([origin, size, ("A" if root[0] != "A" else "B") + root[1:], *rest])
    changed(audited, checkpoints, checkpoints.c.size == int(size), note=other)
    found = proven_history(audited.call(), FRAUD)
    assert "not the one that was signed" in str(found.fault)
    assert not any(one.signed for one in found.entries)


def test_a_page_costs_a_few_statements(audited: Desk) -> None:
    """However many entries are on it."""
    for number in range(12):
        promote(audited.call(), FRAUD, ("none", "staging")[number % 2])
    with statements(audited.registry.database) as sent:
        assert len(proven_history(audited.call(), FRAUD).entries) > 12
    assert len(sent) <= 10


def test_who_may_not_read_the_ledger_gets_no_proofs(audited: Desk) -> None:
    """The right to read the model is not enough."""
    actor = Actor("eve", 7, rights=(Right(frozenset({Permission.MODEL_READ})),))
    with pytest.raises(Denied):
        proven_history(Call(audited.registry, actor), FRAUD)


def test_a_program_gets_them(tmp_path: Path) -> None:
    """Of a version and of a model, page by page."""
    (tmp_path / "weights.bin").write_bytes(b"1")
    with serving(tmp_path / "server") as running, Client(running.url, running.token) as client:
        client.push(tmp_path / "weights.bin", "default/fraud", code=None)
        got = list(client.proofs("fraud:1"))
        assert [one.sequence for one in got] == [one.sequence for one in client.history("fraud:1")]
        assert all(one.fault is None and one.leaf and one.root for one in got)
        assert len(list(client.proofs("fraud", limit=1))) == 1
