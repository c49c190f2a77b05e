"""How does a lineage look? As a graph that a script draws, and as two trees of the same things that need no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from holotype.domain.lifecycle import NONE
from holotype.domain.lineage import Edge, Lineage, Node
from holotype.web import places

_LONGEST = 36


@dataclass(slots=True)
class Branch:
    """A thing in a tree: how it is related to what it hangs on, and what hangs on it.

    ``again`` is one that was followed above.
    """

    node: Node
    place: str
    relation: str
    again: bool = False
    below: list[Branch] = field(default_factory=list)


def place_of(node: Node) -> str:
    """Return where a thing of a lineage leads: to its page, or to the lineage of what has none."""
    if node.kind == "version":
        return places.version(node.name)
    return places.lineage(f"{'dataset' if node.kind == 'data' else 'parent'}:{node.name}")


def tree(found: Lineage, *, up: bool) -> list[Branch]:
    """Return what the root was made from, or what was made from it, as a tree; nothing is followed twice."""
    nodes = {node.name: node for node in found.nodes}
    near: dict[str, list[tuple[str, str]]] = {}
    for edge in found.edges:
        here, there = (edge.target, edge.source) if up else (edge.source, edge.target)
        near.setdefault(here, []).append((there, edge.relation))
    root = Branch(nodes[found.root], "", "")
    seen, rest = set[str](), [root]
    while rest:  # in the order in which it is read
        one = rest.pop()
        further = near.get(one.node.name, ())
        one.again = one.node.name in seen and bool(further)
        if one.node.name in seen:
            continue
        seen.add(one.node.name)
        one.below = [Branch(nodes[name], place_of(nodes[name]), relation) for name, relation in further]
        rest += reversed(one.below)
    return root.below


def graph(found: Lineage) -> Mapping[str, Sequence[Mapping[str, str]]]:
    """Return the nodes and the edges as a script draws them."""
    numbers = {node.name: str(at) for at, node in enumerate(found.nodes)}
    return {
        "nodes": [_drawn(node, numbers[node.name], root=node.name == found.root) for node in found.nodes],
        "edges": [_line(edge, numbers) for edge in found.edges],
    }


def _drawn(node: Node, number: str, *, root: bool) -> Mapping[str, str]:
    version = node.version
    state = ""
    if version is not None:
        state = "deleted" if version.deleted_at else "quarantined" if version.quarantined_at else version.stage
    return {
        "id": number,
        "name": node.name,
        "label": _short(node),
        "kind": "root" if root else node.kind,
        "state": "" if state == NONE else state,
        "place": place_of(node),
    }


def _line(edge: Edge, numbers: Mapping[str, str]) -> Mapping[str, str]:
    return {"source": numbers[edge.source], "target": numbers[edge.target], "relation": edge.relation}


def _short(node: Node) -> str:
    """Return a name that fits a box: the end of an address, the beginning and the end of another long name."""
    name = node.name.rstrip("/")
    if node.kind == "data" and "/" in name:
        name = f"…/{name.rpartition('/')[2]}"
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST // 2 - 1]}…{name[-_LONGEST // 2 :]}"
