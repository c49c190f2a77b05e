"""Do aliases, tags and words behave, and does deletion respect what holds a version?"""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from holotype.artifacts.tables import holdings
from holotype.catalogue.tables import versions
from holotype.domain import digest
from holotype.domain.references import parse
from holotype.errors import AlreadyExists, Conflict, InUse, InvalidName, NotFound, TooLarge
from holotype.ledger.tables import ledger_entries
from holotype.operations.change_model import change_model
from holotype.operations.change_version import change_version
from holotype.operations.create_model import create_model
from holotype.operations.delete import delete_model, delete_version
from holotype.operations.list_aliases import list_aliases
from holotype.operations.promote import promote
from holotype.operations.remove_alias import remove_alias
from holotype.operations.resolve import resolve
from holotype.operations.restore import restore_model, restore_version
from holotype.operations.set_alias import set_alias
from holotype.operations.show import show_model, show_version
from tests.support.registry import Desk


def test_an_alias_moves_and_the_ledger_knows_from_where(desk: Desk) -> None:
    """Setting it again on the same version writes nothing."""
    desk.register(content=b"v1")
    desk.register(content=b"v2")
    set_alias(desk.call(), parse("fraud:1"), "champion")
    then = desk.call().now
    set_alias(desk.call(), parse("fraud:2"), "champion")
    set_alias(desk.call(), parse("fraud:2"), "champion")
    assert resolve(desk.call(), parse("fraud:champion")).number == 2
    assert resolve(desk.call(), parse("fraud:champion"), at=then).number == 1
    events = desk.rows(sa.select(ledger_entries).where(ledger_entries.c.action == "alias.set"))
    assert len(events) == 2
    assert '"from":1' in str(events[1]["data"])


def test_a_removed_alias_names_nothing(desk: Desk) -> None:
    """Removing it twice is an error that says so."""
    desk.register()
    set_alias(desk.call(), parse("fraud:1"), "champion")
    remove_alias(desk.call(), parse("fraud"), "champion")
    with pytest.raises(NotFound):
        resolve(desk.call(), parse("fraud:champion"))
    with pytest.raises(NotFound, match="no alias"):
        remove_alias(desk.call(), parse("fraud"), "champion")
    assert list_aliases(desk.call(), parse("fraud")) == []


def test_words_change_and_content_does_not(desk: Desk) -> None:
    """Description, card and tags may change; the digest stays."""
    before = desk.register(tags={"a": "1", "b": "2"})
    after = change_version(desk.call(), parse("fraud:1"), description="d", card="# Card", given={"a": None, "c": "3"})
    assert (after.description, after.tags, after.digest) == ("d", {"b": "2", "c": "3"}, before.digest)
    assert show_version(desk.call(), parse("fraud:1")).card == "# Card"
    assert change_version(desk.call(), parse("fraud:1"), given={}).description == "d"


def test_what_changes_nothing_is_no_event_and_what_is_emptied_is_one(desk: Desk) -> None:
    """The ledger holds changes, not requests; an emptied description is a change."""
    desk.register(description="d", tags={"a": "1"})
    before = len(desk.rows(sa.select(ledger_entries)))
    change_version(desk.call(), parse("fraud:1"), description="d", given={"a": "1", "b": None})
    change_model(desk.call(), parse("fraud"), given={})
    assert len(desk.rows(sa.select(ledger_entries))) == before
    assert change_version(desk.call(), parse("fraud:1"), description="").description == ""
    last = desk.rows(sa.select(ledger_entries).order_by(ledger_entries.c.sequence))[-1]
    assert '"description":""' in str(last["data"])


def test_a_model_has_words_too(desk: Desk) -> None:
    """Created with some, changed later."""
    create_model(desk.call(), parse("risk-model"), description="d", given={"team": "risk"})
    changed = change_model(desk.call(), parse("risk-model"), card="# C", given={"team": "fraud"})
    assert (changed.description, changed.tags) == ("d", {"team": "fraud"})
    assert show_model(desk.call(), parse("risk-model"))[1] == "# C"
    with pytest.raises(AlreadyExists):
        create_model(desk.call(), parse("risk-model"))


def test_words_have_limits(desk: Desk) -> None:
    """Too long, too many, or not text: refused before anything is written."""
    desk.register()
    with pytest.raises(InvalidName):
        change_version(desk.call(), parse("fraud:1"), description="x" * 5_001)
    with pytest.raises(TooLarge):
        change_version(desk.call(), parse("fraud:1"), given={str(i): "" for i in range(201)})
    with pytest.raises(InvalidName):
        change_version(desk.call(), parse("fraud:1"), given={"a\0": "x"})


def test_a_version_in_production_or_with_an_alias_is_not_deleted(desk: Desk) -> None:
    """The error names what holds it and how to let go."""
    desk.register()
    promote(desk.call(), parse("fraud:1"), "staging")
    with pytest.raises(InUse, match="staging"):
        delete_version(desk.call(), parse("fraud:1"))
    promote(desk.call(), parse("fraud:1"), "archived")
    set_alias(desk.call(), parse("fraud:1"), "champion")
    with pytest.raises(InUse, match="champion"):
        delete_version(desk.call(), parse("fraud:1"))
    with pytest.raises(InUse):
        delete_model(desk.call(), parse("fraud"))
    remove_alias(desk.call(), parse("fraud"), "champion")
    delete_version(desk.call(), parse("fraud:1"))
    with pytest.raises(NotFound, match="was deleted"):
        resolve(desk.call(), parse("fraud:1"))


def test_a_deleted_version_comes_back_with_its_number(desk: Desk) -> None:
    """And a new version never takes the number."""
    desk.register(content=b"v1")
    delete_version(desk.call(), parse("fraud:1"))
    assert desk.register(content=b"v2").number == 2
    assert restore_version(desk.call(), parse("fraud:1")).deleted_at is None
    assert resolve(desk.call(), parse("fraud:1")).number == 1


def test_what_was_swept_does_not_come_back(desk: Desk) -> None:
    """A version without its bytes would be a lie."""
    version = desk.register(content=b"v1")
    delete_version(desk.call(), parse("fraud:1"))
    with desk.registry.database.write() as tx:
        tx.execute(holdings.delete().where(holdings.c.digest == digest.of(b"v1")))
    with pytest.raises(Conflict, match="swept"):
        restore_version(desk.call(), parse("fraud:1"))
    delete_model(desk.call(), parse("fraud"))
    assert version.number == 1


def test_a_model_is_deleted_and_restored_with_those_versions_that_went_with_it(desk: Desk) -> None:
    """A version deleted on its own before stays deleted."""
    for i in (1, 2, 3):
        desk.register(content=b"v%d" % i)
    delete_version(desk.call(), parse("fraud:1"))
    delete_model(desk.call(), parse("fraud"))
    with pytest.raises(NotFound, match="was deleted"):
        resolve(desk.call(), parse("fraud:2"))
    with pytest.raises(AlreadyExists):
        desk.register(content=b"v4")
    with pytest.raises(NotFound, match="was deleted"):
        promote(desk.call(), parse("fraud:2"), "staging")
    restore_model(desk.call(), parse("fraud"))
    alive = {row["number"]: row["deleted_at"] is None for row in desk.rows(sa.select(versions))}
    assert alive == {1: False, 2: True, 3: True}


def test_unknown_things_say_what_to_do_next(desk: Desk) -> None:
    """Model and label each have an error of their own, with a command."""
    with pytest.raises(NotFound) as model:
        resolve(desk.call(), parse("nothing:1"))
    desk.register()
    with pytest.raises(NotFound) as label:
        resolve(desk.call(), parse("fraud:9"))
    with pytest.raises(NotFound) as stage:
        resolve(desk.call(), parse("fraud:production"))
    assert len({model.value.detail, label.value.detail, stage.value.detail}) == 3
    assert all(caught.value.hint for caught in (model, label, stage))


def test_a_label_with_a_digest_must_agree(desk: Desk) -> None:
    """``fraud:1@sha256:…`` protects a script against a moved label."""
    version = desk.register()
    assert resolve(desk.call(), parse(f"fraud:1@{version.digest}")).number == 1
    with pytest.raises(Conflict):
        resolve(desk.call(), parse("fraud:1@sha256:" + "0" * 64))
