"""Do users, service accounts, teams and grants do what they say, at once, and never more than their giver may?"""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from holotype.access import rules
from holotype.access.standing import standing
from holotype.access.tables import grants as grant_rows
from holotype.domain.entities import Right
from holotype.domain.permissions import ROLES, Permission
from holotype.errors import AlreadyExists, Conflict, Denied, Invalid, InvalidName, NotFound, Unauthenticated
from holotype.operations.authenticate import authenticate
from holotype.operations.bootstrap import bootstrap
from holotype.operations.change_service import change_service
from holotype.operations.change_team import change_team
from holotype.operations.change_user import change_user
from holotype.operations.create_grant import create_grant
from holotype.operations.create_namespace import create_namespace
from holotype.operations.create_service import create_service
from holotype.operations.create_team import create_team
from holotype.operations.create_token import create_token
from holotype.operations.create_user import create_user
from holotype.operations.delete_team import delete_team
from holotype.operations.explain_access import explain_access
from holotype.operations.list_grants import list_grants
from holotype.operations.list_namespaces import list_namespaces
from holotype.operations.list_services import list_services
from holotype.operations.list_teams import list_teams, show_team
from holotype.operations.list_tokens import list_tokens
from holotype.operations.list_users import list_users
from holotype.operations.revoke_grant import revoke_grant
from holotype.operations.revoke_token import revoke_token
from holotype.operations.search_models import search_models
from holotype.operations.whoami import whoami
from tests.support.people import member, signed_in
from tests.support.registry import Desk

READ, PROMOTE = Permission.MODEL_READ, Permission.VERSION_PROMOTE


def reads(desk: Desk, secret: str) -> set[str]:
    """Return the models that a bearer finds."""
    return {one.reference for one in search_models(signed_in(desk, secret)).items}


def test_who_has_no_grant_yet_is_still_somebody(desk: Desk, boss: str) -> None:
    """They learn who they are and see their own tokens, and may nothing else."""
    ada = signed_in(desk, member(desk, boss, "ada"))
    assert (whoami(ada).principal, whoami(ada).grants) == ("ada", [])
    assert [one.principal for one in list_tokens(ada, limit=10)] == ["ada"]
    with pytest.raises(Denied):
        create_token(ada, "more")


def test_a_grant_and_its_end_take_effect_with_the_next_request(desk: Desk, boss: str) -> None:
    """Whoever it reaches: directly, or through a team that they enter and leave."""
    ada = member(desk, boss, "ada")
    assert reads_nothing(desk, ada)
    made = create_grant(signed_in(desk, boss), "ada", "reader", "risk/fr*")
    assert reads(desk, ada) == {"risk/fraud"}
    revoke_grant(signed_in(desk, boss), made.id)
    assert reads_nothing(desk, ada)
    create_team(signed_in(desk, boss), "readers")
    create_grant(signed_in(desk, boss), "team:readers", "reader", "risk")
    change_team(signed_in(desk, boss), "readers", add=["ada"])
    assert reads(desk, ada) == {"risk/fraud", "risk/churn"}
    desk.held(b"new", namespace="risk")
    desk.register("risk/new", b"new")
    assert "risk/new" in reads(desk, ada)
    change_team(signed_in(desk, boss), "readers", remove=["ada"])
    assert reads_nothing(desk, ada)
    change_team(signed_in(desk, boss), "readers", add=["ada"])
    delete_team(signed_in(desk, boss), "readers")
    assert reads_nothing(desk, ada)


def reads_nothing(desk: Desk, secret: str) -> bool:
    """Say whether a bearer may not even search."""
    with pytest.raises(Denied):
        search_models(signed_in(desk, secret))
    return True


def test_a_pattern_reaches_models_that_come_later(desk: Desk, boss: str) -> None:
    """Those whose names begin so, and no other; what LIKE and shells would make of a name is a name."""
    ada = member(desk, boss, "ada", ("reader", "risk/fraud_*"), ("reader", "risk/a.b*"))
    assert reads(desk, ada) == set()
    for name in ("fraud_eu", "fraudxeu", "a.b", "axb"):
        desk.held(name.encode(), namespace="risk")
        desk.register(f"risk/{name}", name.encode())
    assert reads(desk, ada) == {"risk/fraud_eu", "risk/a.b"}
    assert [one.name for one in list_namespaces(signed_in(desk, ada))] == ["risk"]


@pytest.mark.parametrize(
    "scope",
    ["risk/*", "*", "risk/a*b", "risk/**", "ri*", "risk/[ab]*", "risk/%", "risk/a?", "", "risk/", "a/b/c*", "R"],
)
def test_other_patterns_are_refused(desk: Desk, boss: str, scope: str) -> None:
    """The star stands behind the beginning of a model's name, once; a scope is what the page says."""
    with pytest.raises(Invalid):
        create_grant(signed_in(desk, boss), "owner", "reader", scope)


def test_who_is_disabled_is_out_at_once_and_their_services_with_them(desk: Desk, boss: str) -> None:
    """On every server: the account is looked at in each request. Enabled again, everything is as before."""
    create_user(signed_in(desk, boss), "ada")
    bot = member(desk, boss, "bot", ("reader", "risk"))
    change_service(signed_in(desk, boss), "bot", owner="ada")
    change_user(signed_in(desk, boss), "ada", disabled=True)
    with pytest.raises(Unauthenticated, match="owner"):
        signed_in(desk, bot)
    with desk.registry.database.read() as tx:
        bot_id = next(one.id for one in list_services(signed_in(desk, boss)))
        assert standing(tx, bot_id, "risk", "fraud", "production") == (frozenset(), frozenset())
    change_user(signed_in(desk, boss), "ada", disabled=False)
    assert reads(desk, bot) == {"risk/fraud", "risk/churn"}
    change_service(signed_in(desk, boss), "bot", disabled=True)
    with pytest.raises(Unauthenticated, match="disabled"):
        signed_in(desk, bot)


def test_the_last_administrator_stays(desk: Desk, boss: str) -> None:
    """Neither disabled, nor stripped of the grant, nor taken out of the team that gives it; a second one frees them."""
    call = signed_in(desk, boss)
    own = next(one for one in list_grants(call) if one.who == "user:owner")
    for attempt in (
        lambda: change_user(call, "owner", disabled=True),
        lambda: revoke_grant(call, own.id),
    ):
        with pytest.raises(Conflict, match="administers"):
            attempt()
    create_user(call, "ada")
    create_team(call, "chiefs", members=["ada"])
    create_grant(call, "team:chiefs", "admin", "registry")
    revoke_grant(call, own.id)
    with desk.registry.database.read() as tx:
        assert tx.execute(sa.select(grant_rows.c.id).where(grant_rows.c.id == own.id)).first() is None
    secret = bootstrap(desk.call(), leave_token=True)
    assert secret is not None
    rules.require(signed_in(desk, secret).actor, Permission.ADMIN_OPERATE)


def test_whoever_has_the_machine_gets_in(desk: Desk, boss: str) -> None:
    """A disabled owner without a role has both again with the token that `admin token` makes."""
    call = signed_in(desk, boss)
    create_user(call, "ada")
    create_grant(call, "ada", "admin", "registry")
    change_user(call, "owner", disabled=True)
    with pytest.raises(Unauthenticated):
        signed_in(desk, boss)
    secret = bootstrap(desk.call(), kept=boss, leave_token=True)
    assert secret is not None
    assert rules.may(signed_in(desk, secret).actor, Permission.ADMIN_OPERATE)


def test_nobody_gives_more_than_they_have(desk: Desk, boss: str) -> None:
    """An administrator of a namespace gives roles in it, and nowhere else; one of a pattern inside the pattern."""
    local = signed_in(desk, member(desk, boss, "local", ("admin", "risk")))
    part = signed_in(desk, member(desk, boss, "part", ("admin", "risk/fr*")))
    reader = member(desk, boss, "reader", ("maintainer", "risk"))
    create_grant(local, "reader", "admin", "risk/churn")
    create_grant(part, "reader", "admin", "risk/fraud*")
    for call, scope in ((local, "registry"), (part, "registry"), (part, "risk"), (part, "risk/f*")):
        with pytest.raises((Denied, NotFound)):
            create_grant(call, "reader", "reader", scope)
    for call in (local, part):
        with pytest.raises(NotFound):
            create_grant(call, "reader", "reader", "other")
        with pytest.raises(Denied):
            create_user(call, "eve")
        with pytest.raises(Denied):
            create_team(call, "eves")
    with pytest.raises(NotFound):
        create_grant(part, "reader", "reader", "risk/churn")
    with pytest.raises(Denied):
        create_grant(signed_in(desk, reader), "reader", "reader", "risk")


def test_a_limit_to_stages_cannot_be_given_away(desk: Desk, boss: str) -> None:
    """Who may move to staging only cannot make somebody who may move elsewhere."""
    half = signed_in(desk, member(desk, boss, "half", ("admin", "risk")))
    limited = Right(ROLES["admin"], "risk", None, frozenset({"staging"}))
    half = replace(half, actor=replace(half.actor, rights=(limited,)))
    member(desk, boss, "ada")
    create_grant(half, "ada", "reviewer", "risk", stages=["staging"])
    for stages in ([], ["production"], ["staging", "production"]):
        with pytest.raises(Denied, match="more than they have"):
            create_grant(half, "ada", "reviewer", "risk", stages=stages)


@pytest.mark.parametrize("scope", ["registry", "risk", "risk/fraud", "risk/fr*"])
def test_who_gives_roles_is_not_limited_to_stages(desk: Desk, boss: str, scope: str) -> None:
    """They could take themselves into a team, or write a policy with other stages, and get round the limit."""
    member(desk, boss, "ada")
    with pytest.raises(Invalid, match="not limited to stages"):
        create_grant(signed_in(desk, boss), "ada", "admin", scope, stages=["staging"])


def test_an_explanation_about_others_hides_what_the_caller_may_not_know(desk: Desk, boss: str) -> None:
    """Their grants elsewhere, with names of namespaces, models and teams, stay out; what covers the thing stays."""
    local = signed_in(desk, member(desk, boss, "local", ("maintainer", "risk")))
    member(desk, boss, "bob", ("contributor", "other/fraud"), ("reader", "risk/fraud"))
    create_team(signed_in(desk, boss), "secret-team", members=["bob"])
    create_grant(signed_in(desk, boss), "team:secret-team", "reviewer", "other")
    found = explain_access(local, "bob", "promote", "risk/fraud", stage="staging")
    assert [one.grant.scope for one in found.closest] == ["risk/fraud"]
    assert "other" not in str(found)
    assert "secret-team" not in str(found)
    create_grant(signed_in(desk, boss), "team:secret-team", "reviewer", "registry")
    allowed = explain_access(local, "bob", "promote", "risk/fraud", stage="staging")
    assert (allowed.allowed, [one.grant.scope for one in allowed.allowing]) == (True, ["registry"])
    whole = explain_access(signed_in(desk, boss), "bob", "promote", "risk/churn", stage="staging")
    assert whole.allowed


def test_a_grant_that_is_not_mine_to_see_is_not_there(desk: Desk, boss: str) -> None:
    """An administrator elsewhere gets the answer of a number that was never given; a maintainer may see, not revoke."""
    made = create_grant(signed_in(desk, boss), "owner", "reader", "other/fraud")
    local = signed_in(desk, member(desk, boss, "local", ("admin", "risk")))
    texts = []
    for number in (made.id, 10**6):
        with pytest.raises(NotFound) as caught:
            revoke_grant(local, number)
        texts.append(str(caught.value).replace(str(number), "N"))
    assert texts[0] == texts[1]
    assert {one.scope for one in list_grants(local)} == {"risk"}
    assert {one.who for one in list_grants(local, who="local")} == {"service:local"}


def test_names_are_unique_reserved_and_plain(desk: Desk, boss: str) -> None:
    """Users and service accounts share their names, which never read as something else."""
    call = signed_in(desk, boss)
    create_user(call, "ada@example.org")
    for make in (create_user, create_service):
        with pytest.raises(AlreadyExists):
            make(call, "ada@example.org")
        for wrong in ("holotype", "open", "anonymous", "", "A", "a b", "user:a", "a/b", "../a", "a\n", "x" * 129, "а"):
            with pytest.raises(InvalidName):
                make(call, wrong)
    with pytest.raises(InvalidName):
        create_namespace(call, "registry")
    with pytest.raises(NotFound):
        create_grant(call, "nobody", "reader", "risk")
    with pytest.raises(NotFound):
        create_grant(call, "service:ada@example.org", "reader", "risk")
    with pytest.raises(Invalid):
        create_grant(call, "ada@example.org", "king", "risk")


def test_a_request_that_is_sent_again_makes_nothing_twice(desk: Desk, boss: str) -> None:
    """The same key gives the same answer; a grant that says the same is the same grant."""
    call = replace(signed_in(desk, boss), idempotency_key="k")
    assert create_user(call, "ada") == create_user(call, "ada")
    other = signed_in(desk, boss)
    first = create_grant(other, "ada", "reader", "risk", stages=["b", "a", "a"])
    assert create_grant(other, "user:ada", "reader", "risk", stages=["a", "b"]) == first
    keyed = replace(other, idempotency_key="t")
    assert create_team(keyed, "t", members=["ada"]) == create_team(keyed, "t", members=["ada"])


def test_a_new_team_does_not_inherit(desk: Desk, boss: str) -> None:
    """Grants hang on ids: what an old team of that name had went with it."""
    ada = member(desk, boss, "ada")
    call = signed_in(desk, boss)
    create_team(call, "t", members=["ada"])
    create_grant(call, "team:t", "reader", "risk")
    delete_team(call, "t")
    create_team(call, "t", members=["ada"])
    assert reads_nothing(desk, ada)


def test_owners_make_tokens_for_their_services_within_their_own_rights(desk: Desk, boss: str) -> None:
    """Not beyond them, whatever the account may; others make none, and administrators any."""
    chief = member(desk, boss, "chief", ("admin", "risk"), ("reader", "other"))
    service = create_service(signed_in(desk, chief), "robot")
    assert service.owner == "owner"  # the person behind the account
    create_user(signed_in(desk, boss), "ada")
    change_service(signed_in(desk, boss), "chief", owner="ada")
    own = create_service(signed_in(desk, chief), "ci-bot")
    assert own.owner == "ada"
    create_grant(signed_in(desk, boss), "ci-bot", "admin", "other")
    made, secret = create_token(signed_in(desk, chief), "ci", role="reader", scope="other", principal="ci-bot")
    assert made.principal == "ci-bot"
    assert not rules.may(signed_in(desk, secret).actor, Permission.MODEL_WRITE, namespace="other", model="fraud")
    with pytest.raises(Denied):
        create_token(signed_in(desk, chief), "more", role="admin", scope="other", principal="ci-bot")
    for name in ("robot", "owner", "nobody"):
        with pytest.raises(Denied):
            create_token(signed_in(desk, chief), "theirs", role="reader", scope="risk", principal=name)
    assert [one.id for one in list_tokens(signed_in(desk, chief), principal="ci-bot")] == [made.id]
    revoke_token(signed_in(desk, chief), made.id)
    with pytest.raises(Unauthenticated):
        authenticate(desk.call(), secret)


def test_an_owner_stops_a_service_and_an_administrator_starts_it(desk: Desk, boss: str) -> None:
    """And nobody gives themselves an account with rights."""
    create_user(signed_in(desk, boss), "ada")
    chief = member(desk, boss, "chief", ("admin", "risk"))
    change_service(signed_in(desk, boss), "chief", owner="ada")
    create_service(signed_in(desk, chief), "bot")
    member(desk, boss, "strong", ("admin", "registry"))
    change_service(signed_in(desk, chief), "bot", disabled=True)
    for attempt in ({"disabled": False}, {"owner": "ada"}):
        with pytest.raises(Denied):
            change_service(signed_in(desk, chief), "bot", **attempt)  # type: ignore[arg-type]
    for other in ("strong", "nobody"):
        with pytest.raises(Denied):
            change_service(signed_in(desk, chief), other, disabled=True)
    assert [one.name for one in list_services(signed_in(desk, chief))] == ["bot", "chief"]


def test_explanations_name_the_grant_or_what_is_missing(desk: Desk, boss: str) -> None:
    """Through which team, in which point the closest fails, and that an account is disabled."""
    member(desk, boss, "ada", ("reviewer", "risk/fr*", ["staging"]))
    call = signed_in(desk, boss)
    create_team(call, "t", members=["ada"])
    team = create_grant(call, "team:t", "reader", "risk")

    def said(action: str, thing: str, stage: str | None = None) -> tuple[bool, str]:
        found = explain_access(call, "ada", action, thing, stage=stage)
        may = rules.may(
            signed_in(desk, secret).actor,
            Permission(found.permission),
            namespace=None if found.subject == "registry" else found.subject.partition("/")[0],
            model=found.subject.partition("/")[2] or None,
            stage=stage,
        )
        assert may == found.allowed
        return found.allowed, found.detail

    _, secret = create_token(call, "x", role="admin", principal="ada")
    assert said("promote", "risk/fraud:3", "staging")[0]
    assert "limited to staging" in said("promote", "risk/fraud", "production")[1]
    assert "role reviewer on risk/fr* lacks version:delete" in said("version:delete", "risk/fraud")[1]
    elsewhere = explain_access(call, "ada", "promote", "risk/churn", stage="staging")
    assert any("does not cover risk/churn" in reason.detail for reason in elsewhere.closest)
    allowed, detail = said("model:read", "risk/churn")
    assert allowed
    assert f"grant {team.id}" in detail
    assert "team:t" in detail
    assert not said("model:read", "other/")[0]
    change_service(call, "ada", disabled=True)
    assert "the account is disabled" in explain_access(call, "ada", "model:read", "risk/fraud").detail
    with pytest.raises(Invalid):
        explain_access(call, "ada", "write", "risk/fraud")
    assert "no grant" in explain_access(call, create_user(call, "bo").name, "promote", "risk/fraud").detail


def test_explanations_of_others_take_a_right(desk: Desk, boss: str) -> None:
    """Everybody asks about themselves; a maintainer about what they maintain; what is hidden is not told apart."""
    reader = signed_in(desk, member(desk, boss, "ada", ("reader", "risk/fraud")))
    keeper = signed_in(desk, member(desk, boss, "keeper", ("maintainer", "risk")))
    assert explain_access(reader, "ada", "model:read", "risk/fraud").allowed
    assert explain_access(keeper, "ada", "model:read", "risk/fraud").allowed
    with pytest.raises(Denied):
        explain_access(reader, "keeper", "model:read", "risk/fraud")
    with pytest.raises(NotFound):
        explain_access(keeper, "ada", "model:read", "other/fraud")


def test_lists_are_paged_and_show_what_one_may_know(desk: Desk, boss: str) -> None:
    """Users to administrators, teams to their members too, grants to everybody their own."""
    call = signed_in(desk, boss)
    for name in ("a", "b", "c"):
        create_user(call, name)
        create_team(call, name)
    found: list[str] = []
    while page := list_users(call, after=found[-1] if found else "", limit=2):
        found += [one.name for one in page]
    assert found == ["a", "b", "c", "owner"]
    ada = signed_in(desk, member(desk, boss, "ada", ("reader", "risk")))
    change_team(call, "b", add=["ada"])
    assert [one.name for one in list_teams(ada)] == ["b"]
    assert show_team(ada, "b").members == ("ada",)
    with pytest.raises(NotFound):
        show_team(ada, "a")
    with pytest.raises(Denied):
        list_users(ada)
    with pytest.raises(Denied):
        list_grants(ada, who="owner")
    assert [one.who for one in list_grants(ada)] == ["service:ada"]
    assert [one.scope for one in whoami(ada).grants] == ["risk"]
    assert [one.id for one in list_grants(call, limit=1)] < [one.id for one in list_grants(call, limit=2)]
