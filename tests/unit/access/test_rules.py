"""Do rights hold where they should, and nowhere else?"""

from __future__ import annotations

import itertools

import pytest

from holotype.access import rules
from holotype.domain.entities import Actor, Right
from holotype.domain.permissions import ROLES, Permission
from holotype.errors import Denied, Unauthenticated

READ, WRITE = Permission.MODEL_READ, Permission.MODEL_WRITE
PLACES = [(None, None), ("a", None), ("a", "x"), ("a", "y"), ("b", None), ("b", "x")]


def actor(*, namespace: str | None = None, model: str | None = None, rights: tuple[Right, ...] = ()) -> Actor:
    """Make an actor who reads everything that the scope leaves."""
    return Actor("ada", 1, frozenset() if rights else frozenset({READ}), namespace, model, "t", rights)


def allowed(who: Actor) -> list[tuple[str | None, str | None]]:
    """Return the places that an actor may read."""
    return [(space, model) for space, model in PLACES if rules.may(who, READ, namespace=space, model=model)]


def test_a_right_on_the_registry_holds_everywhere() -> None:
    """And nothing else than what it says."""
    assert allowed(actor()) == PLACES
    assert not rules.may(actor(), WRITE, namespace="a", model="x")


def test_a_narrow_token_holds_only_inside_its_scope() -> None:
    """A namespace's in the namespace, a model's for the model; never for the registry."""
    assert allowed(actor(namespace="a")) == [("a", None), ("a", "x"), ("a", "y")]
    assert allowed(actor(namespace="a", model="x")) == [("a", "x")]


def test_a_grant_on_a_part_holds_on_that_part() -> None:
    """A namespace's and a model's grant; a name alone, in another namespace, means another model."""
    assert allowed(actor(rights=(Right(frozenset({READ}), "a"),))) == [("a", None), ("a", "x"), ("a", "y")]
    assert allowed(actor(rights=(Right(frozenset({READ}), "a", "x"),))) == [("a", "x")]


def test_a_token_narrows_grants_and_never_widens_them() -> None:
    """Every scope of a token, with every grant: what is allowed is allowed by both."""
    for token, grant in itertools.product(PLACES, PLACES[1:]):
        both = actor(namespace=token[0], model=token[1], rights=(Right(frozenset({READ}), *grant),))
        by_token, by_grant = actor(namespace=token[0], model=token[1]), actor(rights=both.rights)
        assert set(allowed(both)) == set(allowed(by_token)) & set(allowed(by_grant))


def test_scopes_name_what_lists_may_show() -> None:
    """Everything, or the namespaces and models that a right covers inside the token's scope."""
    part = (Right(frozenset({READ}), "a"), Right(frozenset({READ}), "b", "x"), Right(frozenset({WRITE}), "c"))
    assert rules.scopes(actor(), READ) is None
    assert rules.scopes(actor(rights=part), READ) == [("a", None), ("b", "x")]
    assert rules.scopes(actor(namespace="b", rights=part), READ) == [("b", "x")]
    assert rules.scopes(actor(namespace="a", model="x", rights=part), READ) == [("a", "x")]
    assert rules.scopes(actor(namespace="a"), READ) == [("a", None)]
    assert rules.scopes(actor(), WRITE) == []


def test_a_stranger_is_asked_to_sign_in_and_others_are_denied() -> None:
    """The two refusals are different errors, and the second names what was missing."""
    with pytest.raises(Unauthenticated):
        rules.require(Actor("anonymous"), READ)
    with pytest.raises(Denied) as caught:
        rules.require(actor(), WRITE, namespace="a", model="x")
    assert (caught.value.permission, caught.value.subject) == ("model:write", "a/x")


def test_roles_are_those_of_the_table() -> None:
    """A reader changes nothing but its own tokens; only an administrator operates the registry."""
    assert ROLES["reader"] == {
        Permission.MODEL_READ,
        Permission.POLICY_READ,
        Permission.LEDGER_READ,
        Permission.TOKEN_WRITE,
    }
    assert [name for name, held in ROLES.items() if Permission.ADMIN_OPERATE in held] == ["admin"]
