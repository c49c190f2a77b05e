"""Is a deleted model that comes back under its name a new one? It has none of the old rights, words or versions."""

from __future__ import annotations

import pytest

from holotype.domain.references import parse
from holotype.errors import AlreadyExists, NotFound, Unauthenticated
from holotype.operations.create_model import create_model
from holotype.operations.create_token import create_token
from holotype.operations.create_trust import create_trust
from holotype.operations.delete import delete_model
from holotype.operations.history import history
from holotype.operations.list_grants import list_grants
from holotype.operations.read_ledger import Wanted, read_ledger
from holotype.operations.resolve import resolve
from holotype.operations.restore import restore_version
from holotype.operations.show import show_model
from tests.support.people import member, signed_in
from tests.support.registry import Desk

FRAUD = parse("fraud")


def test_a_revived_model_is_empty_and_counts_on(desk: Desk) -> None:
    """Its words and tags are the new ones, its versions stay deleted, and the next number was never given before."""
    desk.register(tags={"a": "b"})
    create_model(desk.call(), parse("old"), description="then", card="# Then", given={"k": "then", "gone": "x"})
    delete_model(desk.call(), FRAUD)
    delete_model(desk.call(), parse("old"))
    made = create_model(desk.call(actor="eve"), FRAUD, given={"k": "now"}, again=True)
    assert (made.tags, made.latest, made.created_by, made.deleted_at) == ({"k": "now"}, None, "eve", None)
    again = create_model(desk.call(), parse("old"), description="now", given={"k": "now"}, again=True)
    assert (again.description, again.tags, show_model(desk.call(), parse("old"))[1]) == ("now", {"k": "now"}, "")
    with pytest.raises(NotFound):
        resolve(desk.call(), parse("fraud:1"))
    assert desk.register(content=b"new").number == 2


def test_it_takes_saying_so(desk: Desk) -> None:
    """Without ``again`` a deleted model keeps its name; with it, a model that is there is not touched."""
    create_model(desk.call(), FRAUD)
    with pytest.raises(AlreadyExists):
        create_model(desk.call(), FRAUD, again=True)
    delete_model(desk.call(), FRAUD)
    with pytest.raises(AlreadyExists, match="was deleted"):
        create_model(desk.call(), FRAUD)


def test_the_ledger_says_that_it_was_there_before(desk: Desk) -> None:
    """One history tells both lives."""
    create_model(desk.call(), FRAUD)
    delete_model(desk.call(), FRAUD)
    create_model(desk.call(), FRAUD, again=True)
    events = history(desk.call(), FRAUD)
    assert [event.action for event in events] == ["model.created", "model.deleted", "model.created"]
    assert events[0].data == {"kind": "files", "again": True}


def test_a_version_of_the_old_life_can_still_be_restored(desk: Desk) -> None:
    """What was deleted with the model comes back one by one, by who may do so."""
    desk.register()
    delete_model(desk.call(), FRAUD)
    create_model(desk.call(), FRAUD, again=True)
    assert restore_version(desk.call(), parse("fraud:1")).number == 1


def test_rights_on_the_model_that_was_are_none_on_the_one_that_is(desk: Desk, boss: str) -> None:
    """Grants, tokens and trust rules on that model alone end, each with its entry; others stay."""
    held = member(desk, boss, "eve", ("maintainer", "risk/fraud"), ("reader", "risk/churn"))
    token, secret = create_token(signed_in(desk, boss), "one", role="reader", scope="risk/fraud")
    trust = create_trust(
        signed_in(desk, boss),
        "https://ci.example",
        "eve",
        {"sub": "x"},
        audience="us",
        role="reader",
        scope="risk/fraud",
    )
    delete_model(signed_in(desk, boss), parse("risk/fraud"))
    create_model(signed_in(desk, boss), parse("risk/fraud"), again=True)
    with pytest.raises(NotFound):
        show_model(signed_in(desk, held), parse("risk/fraud"))
    assert resolve(signed_in(desk, held), parse("risk/churn:1")).number == 1
    with pytest.raises(Unauthenticated):
        signed_in(desk, secret)
    assert [grant.scope for grant in list_grants(signed_in(desk, boss), who="eve")] == ["risk/churn"]
    ended = {event.subject for event in read_ledger(signed_in(desk, boss), Wanted(), limit=10)}
    assert {f"token:{token.id}", f"trust:{trust.id}"} <= ended
    assert any(subject.startswith("grant:") for subject in ended)
