"""How does a person see what a version was made from, and what was made from it?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from holotype.cli import output
from holotype.cli.options import COMMON, Common
from holotype.cli.output import Cell

if TYPE_CHECKING:
    from holotype.wire.lineage import Lineage, LineageNode

Line = tuple[str, str, str]


def lineage(
    subject: str, /, *, depth: Annotated[int | None, Parameter(metavar="N")] = None, common: Common = COMMON
) -> None:
    """Show what a version was made from, and what was made from it.

    Args:
        subject: A version such as risk/fraud:production, dataset:URI, or parent:NAME for a parent that is elsewhere.
        depth: At most so many steps away.
    """
    with common.connect() as client:
        graph = client.lineage(subject, depth=depth)
    if common.json:
        output.document(graph)
        return
    tree = _Tree(graph)
    output.say(Cell(tree.label(graph.root), "bold"))
    for title, up in (("made from", True), ("went into", False)):
        lines = list(tree.lines(graph.root, up=up))
        output.say()
        output.say(Cell(title if lines else f"{title} nothing that is known", "dim"))
        for branch, label, relation in lines:
            output.say(f"{branch}{label}", Cell(relation, "dim"))
    if not graph.complete:
        output.note("hint: the graph goes on: a greater --depth shows more of it.")


class _Tree:
    """A graph, walked from its root to either side; what comes twice is followed once."""

    def __init__(self, graph: Lineage) -> None:
        self._nodes = {node.name: node for node in graph.nodes}
        self._up: dict[str, list[tuple[str, str]]] = {}
        self._down: dict[str, list[tuple[str, str]]] = {}
        for edge in graph.edges:
            self._up.setdefault(edge.target, []).append((edge.source, edge.relation))
            self._down.setdefault(edge.source, []).append((edge.target, edge.relation))

    def label(self, name: str) -> str:
        """Return a node as a line shows it."""
        node = self._nodes.get(name)
        return name if node is None else " ".join([name, *_state(node)])

    def lines(self, name: str, *, up: bool) -> Iterator[Line]:
        """Yield branch, label and relation of everything on one side."""
        yield from self._walk(name, self._up if up else self._down, "", {name})

    def _walk(self, name: str, side: dict[str, list[tuple[str, str]]], indent: str, seen: set[str]) -> Iterator[Line]:
        edges = side.get(name, [])
        for position, (other, relation) in enumerate(edges):
            last = position == len(edges) - 1
            again = other in seen and bool(side.get(other))
            label = f"{self.label(other)} (above)" if again else self.label(other)
            yield f"{indent}{'└─ ' if last else '├─ '}", label, relation
            if other not in seen:
                seen.add(other)
                yield from self._walk(other, side, indent + ("   " if last else "│  "), seen)


def _state(node: LineageNode) -> list[str]:
    if node.deleted:
        return ["[deleted]"]
    if node.kind == "external":
        return ["[elsewhere]"]
    return [f"[{node.stage}]"] if node.stage and node.stage != "none" else []
