"""Who may what on one model? Every grant that covers it, for those who may know."""

from __future__ import annotations

import pytest

from holotype.domain import scopes
from holotype.domain.entities import Actor, Right
from holotype.domain.permissions import ROLES
from holotype.domain.references import parse
from holotype.errors import Denied, NotFound
from holotype.operations.call import Call
from holotype.operations.create_grant import create_grant
from holotype.operations.create_namespace import create_namespace
from holotype.operations.create_user import create_user
from holotype.operations.list_grants import list_covering
from tests.support.registry import Desk

SCOPES = ("registry", "risk", "risk/fraud", "risk/fraud-eu", "risk/fr*", "risk/fraud-*", "other", "other/fraud")


@pytest.fixture
def given(desk: Desk) -> Desk:
    """A registry in which ada is a reader on many parts."""
    for space in ("risk", "other"):
        create_namespace(desk.call(), space)
    for model in ("risk/fraud", "risk/fraud-eu", "other/fraud"):
        desk.held(model.encode(), namespace=model.partition("/")[0])
        desk.register(model, model.encode())
    create_user(desk.call(), "ada")
    for scope in SCOPES:
        create_grant(desk.call(), "ada", "reader", scope)
    return desk


@pytest.mark.parametrize("model", ["risk/fraud", "risk/fraud-eu", "other/fraud", "other/none"])
def test_grants_cover_what_their_scopes_say(given: Desk, model: str) -> None:
    """The database finds those that the rules of scopes would, whether or not there is such a model."""
    named = parse(model)
    expected = [one for one in SCOPES if scopes.parse(one).covers(named.namespace, named.model)]
    assert [one.scope for one in list_covering(given.call(), named)] == expected


def test_pages_of_grants_join(given: Desk) -> None:
    """Page after page gives each of them once."""
    whole = list_covering(given.call(), parse("risk/fraud-eu"))
    first = list_covering(given.call(), parse("risk/fraud-eu"), limit=2)
    assert first + list_covering(given.call(), parse("risk/fraud-eu"), after=first[-1].id) == whole


def test_grants_are_told_to_who_may_read_access_there(given: Desk) -> None:
    """A maintainer of the model alone is told of all that cover it; a reader is told nothing."""
    call = given.call()
    right = Right(ROLES["maintainer"], "risk", "fraud")
    mia = Call(given.registry, Actor("mia", 9, rights=(right,)), "x", None, call.now)
    told = list_covering(mia, parse("risk/fraud"))
    assert [one.scope for one in told] == ["registry", "risk", "risk/fraud", "risk/fr*"]
    with pytest.raises(NotFound):
        list_covering(given.call(rights=frozenset()), parse("risk/fraud"))
    with pytest.raises(Denied):
        list_covering(given.call(rights=ROLES["contributor"]), parse("risk/fraud"))
