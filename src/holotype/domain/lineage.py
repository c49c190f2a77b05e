"""What was a version made from, and what was made from it? A graph of nodes and edges, from source to product."""

from __future__ import annotations

from dataclasses import dataclass

from holotype.domain.entities import Version

DEPTH, LARGEST_DEPTH = 20, 100
NODES, MOST_NODES = 500, 5_000


@dataclass(frozen=True, slots=True)
class Node:
    """A version that we have, a parent elsewhere (``external``) or a data set (``data``), under a name of its own."""

    name: str
    kind: str
    digest: str | None = None
    version: Version | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """What went into what, by their names; the relation of a parent, or the role of a data set."""

    source: str
    target: str
    relation: str


@dataclass(frozen=True, slots=True)
class Lineage:
    """A graph around one node; ``complete`` is false where a limit of depth or of nodes cut it off."""

    root: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    complete: bool
