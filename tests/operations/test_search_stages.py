"""Are versions found by stages that only the policy of their namespace knows?"""

from __future__ import annotations

import sqlalchemy as sa

from holotype.catalogue.tables import versions
from holotype.operations.search_versions import search_versions
from tests.support.registry import Desk


def stages(desk: Desk, query: str, sort: str = "stage") -> list[str]:
    """Return the stages of what a query finds, in order."""
    return [one.stage for one in search_versions(desk.call(), query, sort=sort, limit=10).items]


def test_stages_that_only_a_policy_knows_are_found_and_come_last(desk: Desk) -> None:
    """A query may name them; in the order of stages they follow the usual ones, by name."""
    for number, stage in enumerate(("canary", "none", "blue", "archived", "none"), 1):
        desk.register(content=b"v%d" % number)
        with desk.registry.database.write() as tx:
            tx.execute(sa.update(versions).where(versions.c.number == number).values(stage=stage))
    assert stages(desk, "") == ["none", "none", "archived", "blue", "canary"]
    assert stages(desk, "", "-stage") == ["canary", "blue", "archived", "none", "none"]
    assert stages(desk, "stage:canary") == ["canary"]
    assert stages(desk, "NOT stage:none", "-stage") == ["canary", "blue", "archived"]
    assert stages(desk, "stage:nowhere") == []


def test_pages_through_them_are_the_same_list(desk: Desk) -> None:
    """One at a time, each cursor followed."""
    for number, stage in enumerate(("canary", "none", "blue", "canary"), 1):
        desk.register(content=b"v%d" % number)
        with desk.registry.database.write() as tx:
            tx.execute(sa.update(versions).where(versions.c.number == number).values(stage=stage))
    found, cursor = [], None
    while True:
        page = search_versions(desk.call(), "", sort="stage", limit=1, cursor=cursor)
        found += [one.number for one in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert sorted(found) == [1, 2, 3, 4]
    assert found[:2] == [2, 3]
