"""Is a lineage shown as it is, however its edges run?"""

from __future__ import annotations

from itertools import pairwise

from holotype.domain.lineage import Edge, Lineage, Node
from holotype.web.graphs import Branch, graph, place_of, tree


def names(branches: list[Branch]) -> list[object]:
    """Return a tree as nested lists."""
    return [[one.node.name, one.again, *names(one.below)] for one in branches]


def lineage(*edges: tuple[str, str]) -> Lineage:
    """Return a graph around ``r`` of nodes that are elsewhere."""
    found = dict.fromkeys(["r", *(name for edge in edges for name in edge)])
    nodes = tuple(Node(name, "external") for name in found)
    return Lineage("r", nodes, tuple(Edge(source, target, "derived") for source, target in edges), complete=True)


def test_both_ways_are_trees_and_nothing_is_followed_twice() -> None:
    """What comes again is marked as followed above, unless nothing hangs on it."""
    found = lineage(("a", "r"), ("b", "r"), ("x", "a"), ("x", "b"), ("y", "x"), ("r", "z"))
    assert names(tree(found, up=False)) == [["z", False]]
    above = [["a", False, ["x", False, ["y", False]]], ["b", False, ["x", True]]]
    assert names(tree(found, up=True)) == above


def test_a_cycle_ends() -> None:
    """It cannot be registered; one that is there all the same holds no page."""
    assert names(tree(lineage(("r", "a"), ("a", "r")), up=False)) == [["a", False, ["r", True]]]


def test_a_long_chain_is_no_recursion() -> None:
    """A tree of a thousand steps is built."""
    chain = ["r", *map(str, range(1_000))]
    depth, below = 0, tree(lineage(*pairwise(chain)), up=False)
    while below:
        depth, below = depth + 1, below[0].below
    assert depth == 1_000


def test_boxes_have_short_names_and_whole_ones() -> None:
    """An address keeps its end; any other name its beginning and its end. Each leads somewhere."""
    data, far = Node("s3://lake/2026/scans.parquet", "data"), Node("h" * 80, "external")
    drawn = graph(Lineage(data.name, (data, far), (Edge(data.name, far.name, "training"),), complete=True))
    assert [one["label"] for one in drawn["nodes"]] == ["…/scans.parquet", "h" * 17 + "…" + "h" * 18]
    assert [one["kind"] for one in drawn["nodes"]] == ["root", "external"]
    assert drawn["edges"] == [{"source": "0", "target": "1", "relation": "training"}]
    assert place_of(data) == "/lineage?of=dataset%3As3%3A%2F%2Flake%2F2026%2Fscans.parquet"
    assert place_of(far) == f"/lineage?of=parent%3A{'h' * 80}"
