"""Does every role give what the table in ``holotype.domain.permissions`` draws, exactly where the grant says?

The table is read as text here; nothing of the code that decides is used to say what it should decide.
"""

from __future__ import annotations

import itertools

import pytest

from holotype.access import rules
from holotype.domain import permissions
from holotype.domain.permissions import Permission
from holotype.operations.call import Call
from holotype.operations.create_namespace import create_namespace
from holotype.operations.create_token import create_token
from tests.support.people import member, owner, signed_in
from tests.support.registry import Desk

ROLES = ("reader", "contributor", "reviewer", "maintainer", "admin")
SCOPES = ("registry", "risk", "risk/fraud", "risk/fr*")
PLACES = (
    (None, None),
    ("risk", None),
    ("risk", "fraud"),
    ("risk", "fresh"),
    ("risk", "churn"),
    ("other", None),
    ("other", "fraud"),
)
STAGES = (None, "staging", "production")


def drawn() -> dict[str, set[str]]:
    """Read the table: for each permission the roles that have it, by the columns of their crosses."""
    found: dict[str, set[str]] = {}
    columns: dict[str, int] = {}
    for line in (permissions.__doc__ or "").splitlines():
        if "reader" in line and "admin" in line and not columns:
            columns = {role: line.index(role) + len(role) // 2 for role in ROLES}
        word = line.split()[0] if line.split() else ""
        if columns and ":" in word and word in set(Permission):
            crosses = [i for i, letter in enumerate(line.partition("(")[0]) if letter == "x"]
            found[word] = {min(ROLES, key=lambda role: abs(columns[role] - place)) for place in crosses}
    return found


TABLE = drawn()
STAGED = {"version:promote", "promotion:approve", "promotion:override"}


def expected(permission: str, role: str, scope: str, place: tuple[str | None, str | None], limited: bool) -> set[str]:
    """Return towards which stages (``None`` for no stage) the permission should hold on a place."""
    namespace, model = place
    covered = {
        "registry": True,
        "risk": namespace == "risk",
        "risk/fraud": place == ("risk", "fraud"),
        "risk/fr*": namespace == "risk" and model is not None and model.startswith("fr"),
    }[scope]
    if not covered or role not in TABLE[permission]:
        return set()
    return {"staging"} if limited and permission in STAGED else set(map(str, STAGES))


def test_the_table_is_whole() -> None:
    """Every permission is drawn, some for every role, and the administrator has all."""
    assert set(TABLE) == {one.value for one in Permission}
    assert all("admin" in roles for roles in TABLE.values())
    assert set().union(*TABLE.values()) == set(ROLES)
    assert {one.value for one in permissions.STAGED} == STAGED


def test_every_permission_of_every_role_on_every_scope(desk: Desk) -> None:
    """By real grants and tokens: what is drawn is allowed, there and towards those stages; nothing else is."""
    boss = owner(desk)
    furnish(desk)
    for number, (role, scope, limited) in enumerate(itertools.product(ROLES, SCOPES, (False, True))):
        if role == "admin" and limited:  # there is no such grant: see test_access
            continue
        secret = member(desk, boss, f"s{number}", (role, scope, ["staging"] if limited else []))
        actor = signed_in(desk, secret).actor
        for permission, place, stage in itertools.product(Permission, PLACES, STAGES):
            may = rules.may(actor, permission, namespace=place[0], model=place[1], stage=stage)
            should = str(stage) in expected(permission.value, role, scope, place, limited)
            assert may == should, (permission, role, scope, place, stage, limited)


@pytest.mark.parametrize("role", ROLES)
def test_a_token_cuts_every_grant(desk: Desk, role: str) -> None:
    """A token of any role, on any scope, gives what both it and the grant give; here of an administrator."""
    boss = owner(desk)
    furnish(desk)
    for scope in ("registry", "risk", "risk/fraud"):
        _, secret = create_token(signed_in(desk, boss), "cut", role=role, scope=scope)
        actor = signed_in(desk, secret).actor
        for permission, place in itertools.product(Permission, PLACES):
            may = rules.may(actor, permission, namespace=place[0], model=place[1])
            assert may == bool(expected(permission.value, role, scope, place, limited=False)), (permission, place)


def test_grants_add_up_and_never_take_away(desk: Desk) -> None:
    """Two grants give what each gives; a limit to stages limits its own grant alone."""
    boss = owner(desk)
    furnish(desk)
    given = [("reviewer", "risk", ["staging"]), ("reviewer", "risk/fraud", ["production"]), ("reader", "other", [])]
    actor = signed_in(desk, member(desk, boss, "both", *given)).actor
    promote = Permission.VERSION_PROMOTE

    def may(model: str, stage: str | None) -> bool:
        return rules.may(actor, promote, namespace="risk", model=model, stage=stage)

    assert (may("fraud", "staging"), may("fraud", "production"), may("churn", "production")) == (True, True, False)
    assert not may("fraud", None)
    assert may("churn", rules.ANY_STAGE)
    assert rules.may(actor, Permission.MODEL_READ, namespace="other", model="fraud")


def furnish(desk: Desk) -> Call:
    """Make what the grants are on."""
    for space in ("risk", "other"):
        create_namespace(desk.call(), space)
    for model in ("risk/fraud", "risk/fresh", "risk/churn", "other/fraud"):
        desk.held(model.encode(), namespace=model.partition("/")[0])
        desk.register(model, model.encode())
    return desk.call()
