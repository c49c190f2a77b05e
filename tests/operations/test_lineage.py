"""What lineage shows, how far it goes, and what it hides."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from holotype.catalogue.tables import parents
from holotype.domain.entities import Actor
from holotype.domain.permissions import Permission
from holotype.domain.provenance import Data, Parent, Provenance
from holotype.domain.references import parse
from holotype.errors import Invalid, NotFound
from holotype.operations.call import Call
from holotype.operations.lineage import lineage, lineage_of_data, lineage_of_parent
from tests.support.registry import Desk


@pytest.fixture
def family(desk: Desk) -> Desk:
    """A base from elsewhere and data, a child, two grandchildren."""
    origin = Provenance(parents=[Parent("hf://org/base", "fine-tuned")], data=[Data("s3://lake/loans")])
    desk.register("base", b"1", origin)
    desk.register("child", b"2", Provenance(parents=[Parent("base:1", "distilled")]))
    desk.register("first", b"3", Provenance(parents=[Parent("child:1", "quantised")]))
    desk.register("second", b"4", Provenance(parents=[Parent("child:1", "adapter"), Parent("base:1", "merged")]))
    return desk


def test_lineage_walks_both_ways(family: Desk) -> None:
    """From the middle, sources and products are found, with relations, data and what lies elsewhere."""
    found = lineage(family.call(), parse("child:1"))
    assert {(node.name, node.kind) for node in found.nodes} == {
        ("default/base:1", "version"),
        ("default/child:1", "version"),
        ("default/first:1", "version"),
        ("default/second:1", "version"),
        ("hf://org/base", "external"),
        ("s3://lake/loans", "data"),
    }
    assert {(edge.source, edge.target, edge.relation) for edge in found.edges} == {
        ("hf://org/base", "default/base:1", "fine-tuned"),
        ("s3://lake/loans", "default/base:1", "training"),
        ("default/base:1", "default/child:1", "distilled"),
        ("default/child:1", "default/first:1", "quantised"),
        ("default/child:1", "default/second:1", "adapter"),
    }
    assert found.complete


def test_lineage_of_data_shows_what_was_made_from_it(family: Desk) -> None:
    """From a data set, every version that it went into is found, directly or through a parent."""
    found = lineage_of_data(family.call(), "s3://lake/loans")
    assert found.nodes[0].name == "s3://lake/loans"
    assert len(found.nodes) == 5
    assert lineage_of_data(family.call(), "s3://unknown").edges == ()


def test_lineage_of_a_parent_elsewhere_shows_what_was_made_from_it(family: Desk) -> None:
    """By the name that was recorded, for there is no version here."""
    found = lineage_of_parent(family.call(), "hf://org/base")
    assert (found.root, found.nodes[0].kind, found.complete) == ("hf://org/base", "external", True)
    assert {node.name for node in found.nodes[1:]} == {
        f"default/{name}:1" for name in ("base", "child", "first", "second")
    }
    assert ("hf://org/base", "default/base:1") in {(edge.source, edge.target) for edge in found.edges}
    near = lineage_of_parent(family.call(), "hf://org/base", depth=1)
    assert (len(near.nodes), near.complete) == (2, False)


def test_limits_cut_the_walk_and_say_so(family: Desk) -> None:
    """Depth and number of nodes are limited, and the answer tells that it is not all."""
    near = lineage(family.call(), parse("base:1"), depth=1)
    assert "default/first:1" not in {node.name for node in near.nodes}
    assert not near.complete
    few = lineage(family.call(), parse("base:1"), limit=2)
    assert len(few.nodes) == 2
    assert not few.complete
    for wrong in ({"depth": 0}, {"depth": 101}, {"limit": 0}, {"limit": 5_001}):
        with pytest.raises(Invalid):
            lineage(family.call(), parse("base:1"), **wrong)


def test_a_cycle_ends(family: Desk) -> None:
    """A cycle cannot be registered; one that is in the database all the same does not hold the walk."""
    ids = dict(
        zip(("base", "first"), sorted({row["version_id"] for row in family.rows(sa.select(parents))})[:2], strict=False)
    )
    with family.registry.database.write() as tx:
        tx.execute(parents.update().where(parents.c.reference == "hf://org/base").values(parent_id=ids["first"]))
    found = lineage(family.call(), parse("child:1"))
    assert len(found.nodes) <= 6
    assert ("default/child:1", "default/base:1") in {(edge.source, edge.target) for edge in found.edges}


def test_lineage_takes_statements_by_level_not_by_node(family: Desk) -> None:
    """Fifty children cost no more statements than one."""
    for i in range(50):
        family.register("many", f"m{i}".encode(), Provenance(parents=[Parent("first:1", "derived")]))
    seen: list[str] = []
    sa.event.listen(family.registry.database.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    found = lineage(family.call(), parse("first:1"))
    assert len(found.nodes) > 50
    assert len(seen) < 25


def test_what_may_not_be_seen_stays_hidden(family: Desk) -> None:
    """A parent outside the caller's rights is shown as it was recorded, a child not at all."""
    narrow = Call(family.registry, Actor("bot", 2, frozenset(Permission), namespace="default", model="child"))
    found = lineage(narrow, parse("child:1"))
    assert {(node.name, node.kind) for node in found.nodes} == {
        ("default/child:1", "version"),
        ("default/base:1", "external"),
    }
    with pytest.raises(NotFound):
        lineage(narrow, parse("base:1"))
    with pytest.raises(NotFound):
        lineage(family.call(), parse("child:9"))


def test_what_may_not_be_seen_is_not_counted(family: Desk) -> None:
    """However small the limit, the answer is the same whether hidden versions were made from this or not."""
    narrow = Call(family.registry, Actor("bot", 2, frozenset(Permission), namespace="default", model="first"))
    family.register("first", b"5", Provenance(data=[Data("s3://lake/shared")]))

    def asked() -> list[object]:
        limits = range(1, 5)
        walked = [lineage(narrow, parse("first:2"), limit=limit) for limit in limits]
        return [*walked, *(lineage_of_data(narrow, "s3://lake/shared", limit=limit) for limit in limits)]

    before = asked()
    for i in range(3):
        made = Provenance(parents=[Parent("first:2", "derived")], data=[Data("s3://lake/shared")])
        family.register("hidden", f"h{i}".encode(), made)
    assert asked() == before
    family.register("first", b"6", Provenance(parents=[Parent("first:2", "derived")]))
    crowded = lineage(narrow, parse("first:2"), limit=3)
    assert [node.name for node in crowded.nodes] == ["default/first:2", "default/first:3", "s3://lake/shared"]
    assert crowded.complete
