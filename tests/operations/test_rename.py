"""Does everything that belongs to a model go with it when it is renamed, and nothing that belongs to its old name?"""

from __future__ import annotations

import threading

import pytest

from holotype.domain.entities import Model
from holotype.domain.permissions import Permission
from holotype.domain.references import parse
from holotype.errors import AlreadyExists, Denied, HolotypeError, InvalidName, NotFound
from holotype.ledger.verify_spans import spans_fault
from holotype.operations.call import Call
from holotype.operations.create_model import create_model
from holotype.operations.create_token import create_token
from holotype.operations.delete import delete_model
from holotype.operations.doctor import diagnose
from holotype.operations.history import history
from holotype.operations.promote import promote
from holotype.operations.rename_model import rename_model
from holotype.operations.resolve import resolve
from holotype.operations.search_models import search_models
from holotype.operations.set_alias import set_alias
from holotype.operations.show import show_model
from tests.support.asgi import Visitor, front_of
from tests.support.people import member, signed_in
from tests.support.registry import EVERYTHING, Desk

FRAUD, LOAN = parse("fraud"), parse("loan")


def rename(desk: Desk, to: str = "loan", *, model: str = "fraud", title: str | None = None) -> Model:
    """Rename a model."""
    return rename_model(desk.call(), parse(model), to, title=title)


def test_versions_labels_and_history_answer_to_the_new_name_alone(desk: Desk) -> None:
    """Numbers, stages, aliases and what happened are found under the new name; under the old one there is nothing."""
    desk.register(aliases=["champion"])
    promote(desk.call(), parse("fraud:1"), "staging")
    before = desk.call().now
    rename(desk)
    for label in ("1", "champion", "staging"):
        assert resolve(desk.call(), parse(f"loan:{label}")).reference == "default/loan:1"
    assert resolve(desk.call(), parse("loan:staging"), at=before).number == 1
    actions = [event.action for event in history(desk.call(), LOAN)]
    assert actions[0] == "model.renamed"
    assert "version.registered" in actions
    assert history(desk.call(), LOAN)[0].data == {"from": "fraud", "to": "loan"}
    with pytest.raises(NotFound):
        resolve(desk.call(), parse("fraud:1"))


def test_the_old_name_is_free_and_begins_anew(desk: Desk) -> None:
    """A model that takes the old name has versions of its own, from 1, and nothing of what was."""
    desk.register()
    rename(desk)
    assert desk.register(content=b"other").reference == "default/fraud:1"
    assert [event.action for event in history(desk.call(), FRAUD)] == ["version.registered", "model.created"]
    assert desk.register("loan", content=b"third").number == 2


@pytest.mark.parametrize("name", ["loan", "gone"])
def test_a_taken_name_is_refused_and_nothing_changes(desk: Desk, name: str) -> None:
    """Neither a model's nor a deleted model's name can be had."""
    desk.register()
    for taken in ("loan", "gone"):
        create_model(desk.call(), parse(taken))
    delete_model(desk.call(), parse("gone"))
    with pytest.raises(AlreadyExists):
        rename(desk, name)
    assert show_model(desk.call(), FRAUD)[0].latest == 1


def test_a_name_outside_the_grammar_is_refused(desk: Desk) -> None:
    """The new name is checked like that of any model."""
    desk.register()
    with pytest.raises(InvalidName):
        rename(desk, "Loan Model")


def test_search_finds_the_new_name_and_not_the_old_one(desk: Desk) -> None:
    """The index of words follows."""
    desk.register()
    rename(desk)
    assert [one.name for one in search_models(desk.call(), "loan").items] == ["loan"]
    assert search_models(desk.call(), "fraud").items == []


def test_ledger_spans_and_rows_stay_in_order(desk: Desk) -> None:
    """What the entries say of labels, and what the doctor looks at, is as before."""
    desk.register(aliases=["champion"])
    rename(desk)
    set_alias(desk.call(), parse("loan:1"), "second")
    promote(desk.call(), parse("loan:1"), "staging")
    with desk.registry.database.read() as tx:
        assert spans_fault(tx) is None
    assert diagnose(desk.registry).findings == []


def test_a_title_comes_and_goes_with_the_name(desk: Desk) -> None:
    """What another protocol calls the model is renamed with it; a name of ours has none."""
    desk.register()
    assert rename(desk, "loan-1", title="Loan (EU)").title == "Loan (EU)"
    assert rename(desk, "loan", model="loan-1").title is None
    assert history(desk.call(), LOAN)[0].data == {"from": "loan-1", "to": "loan", "title": "loan"}


def test_renaming_to_the_same_name_is_no_event(desk: Desk) -> None:
    """Nothing is written where nothing changes."""
    desk.register()
    before = len(history(desk.call(), FRAUD))
    assert rename(desk, "fraud").name == "fraud"
    assert len(history(desk.call(), FRAUD)) == before


def test_rights_on_the_model_go_with_it_at_once(desk: Desk, boss: str) -> None:
    """A grant on the model holds under the new name from the next request on, and under the old one no more."""
    secret = member(desk, boss, "eve", ("reader", "risk/fraud"))
    assert resolve(signed_in(desk, secret), parse("risk/fraud:1")).number == 1
    rename_model(signed_in(desk, boss), parse("risk/fraud"), "loan")
    assert resolve(signed_in(desk, secret), parse("risk/loan:1")).number == 1
    desk.held(b"new", namespace="risk")
    desk.register("risk/fraud", b"new")
    with pytest.raises(NotFound):
        resolve(signed_in(desk, secret), parse("risk/fraud:1"))


def test_a_token_of_the_model_goes_with_it(desk: Desk, boss: str) -> None:
    """A token that holds on one model holds on that model, whatever it is called."""
    secret = create_token(signed_in(desk, boss), "one", role="reader", scope="risk/fraud")[1]
    rename_model(signed_in(desk, boss), parse("risk/fraud"), "loan")
    assert resolve(signed_in(desk, secret), parse("risk/loan:1")).number == 1


def test_it_takes_the_right_to_create_the_new_name(desk: Desk, boss: str) -> None:
    """Who may write one model alone cannot give it a name that they could not have created."""
    secret = member(desk, boss, "eve", ("contributor", "risk/fraud"))
    with pytest.raises(HolotypeError) as refused:
        rename_model(signed_in(desk, secret), parse("risk/fraud"), "loan")
    assert isinstance(refused.value, Denied | NotFound)


def test_to_rename_what_is_in_use_takes_the_right_to_delete_it(desk: Desk) -> None:
    """References to an alias or a stage end with the name, as they would with the model."""
    rights = EVERYTHING - {Permission.MODEL_DELETE}
    desk.register()
    assert rename_model(desk.call(rights=rights), FRAUD, "loan").name == "loan"
    set_alias(desk.call(), parse("loan:1"), "champion")
    with pytest.raises(Denied):
        rename_model(desk.call(rights=rights), LOAN, "fraud")


def test_two_models_that_swap_names_at_once_end_with_one_each(desk: Desk) -> None:
    """Both renames are refused or wait for each other; neither hangs, and no name is lost."""
    for name in ("fraud", "loan"):
        create_model(desk.call(), parse(name))
    calls = [(desk.call(), "fraud", "loan"), (desk.call(), "loan", "fraud")]
    told: list[HolotypeError] = []

    def swap(call: Call, name: str, to: str) -> None:
        try:
            rename_model(call, parse(name), to)
        except HolotypeError as error:
            told.append(error)

    threads = [threading.Thread(target=swap, args=one) for one in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert [type(error) for error in told] == [AlreadyExists, AlreadyExists]
    assert sorted(one.name for one in search_models(desk.call()).items) == ["fraud", "loan"]


def test_the_native_route_renames(desk: Desk, boss: str) -> None:
    """``POST …/rename`` answers with the model under its new name."""
    visitor = Visitor(front_of(desk.registry), boss)
    got = visitor.ask("POST", "/api/v1/models/risk/fraud/rename", {"name": "loan"})
    assert (got.status, got.json["reference"]) == (200, "risk/loan")
    assert visitor.ask("GET", "/api/v1/models/risk/fraud").status == 404
