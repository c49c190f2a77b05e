"""Who is somebody, in which teams are they, and for which machines do they answer? Told to who may know."""

from __future__ import annotations

import pytest

from holotype.errors import Denied, NotFound
from holotype.operations.create_service import create_service
from holotype.operations.create_team import create_team
from holotype.operations.create_user import create_user
from holotype.operations.list_services import list_services
from holotype.operations.list_teams import list_members, list_teams
from holotype.operations.show_account import show_service, show_user
from tests.support.people import member, signed_in
from tests.support.registry import Desk


def test_an_administrator_sees_an_account_its_teams_and_its_machines(desk: Desk, boss: str) -> None:
    """By name, without going through the lists."""
    call = signed_in(desk, boss)
    create_user(call, "ada")
    create_service(call, "ada-bot", owner="ada")
    create_service(call, "other-bot")
    create_team(call, "risk-team", members=["ada"])
    create_team(call, "empty")
    assert (show_user(call, "ada").name, show_service(call, "ada-bot").owner) == ("ada", "ada")
    assert [one.name for one in list_teams(call, member="ada")] == ["risk-team"]
    assert [one.name for one in list_services(call, owner="ada")] == ["ada-bot"]
    with pytest.raises(NotFound, match="no user ada-bot"):
        show_user(call, "ada-bot")
    with pytest.raises(NotFound, match="no service ada"):
        show_service(call, "ada")


def test_others_see_their_own_and_nobody_elses(desk: Desk, boss: str) -> None:
    """A service account is told of itself alone; of others, whether there are any stays hidden."""
    create_user(signed_in(desk, boss), "ada")
    create_service(signed_in(desk, boss), "hidden", owner="ada")
    robot = signed_in(desk, member(desk, boss, "robot", ("contributor", "risk")))
    create_team(signed_in(desk, boss), "machines", members=["robot"])
    assert [one.name for one in list_teams(robot, member="robot")] == ["machines"]
    assert [one.name for one in list_teams(robot)] == ["machines"]
    with pytest.raises(Denied):
        show_user(robot, "owner")
    with pytest.raises(Denied):
        list_teams(robot, member="hidden")
    with pytest.raises(Denied):
        list_services(robot, owner="owner")
    told = []
    for name in ("hidden", "nothing"):
        with pytest.raises(NotFound) as refused:
            show_service(robot, name)
        told.append(refused.value.detail.replace(name, "…"))
    assert told[0] == told[1]


def test_members_of_a_team_come_in_pages_to_who_is_in_it_or_may_know(desk: Desk, boss: str) -> None:
    """By name, users and service accounts alike; of a team that somebody is not in, there is none."""
    call = signed_in(desk, boss)
    robot = signed_in(desk, member(desk, boss, "robot"))
    create_user(call, "ada")
    create_user(call, "zoe")
    create_team(call, "mixed", members=["zoe", "ada", "robot"])
    create_team(call, "others", members=["zoe"])
    team, first = list_members(call, "mixed", limit=2)
    assert (team.size, [one.name for one in first]) == (3, ["ada", "robot"])
    assert [(one.name, one.kind) for one in list_members(robot, "mixed", after="ada")[1]] == [
        ("robot", "service"),
        ("zoe", "user"),
    ]
    for name in ("others", "nothing"):
        with pytest.raises(NotFound, match=f"no team {name}"):
            list_members(robot, name)
