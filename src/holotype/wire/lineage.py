"""What does a lineage look like on the wire?"""

from __future__ import annotations

from holotype.domain import lineage as domain
from holotype.wire.base import Response


class LineageNode(Response, omit_defaults=True):
    """A version here, an ``external`` parent or a ``data`` set; edges name it by ``name``."""

    name: str
    kind: str
    digest: str | None = None
    namespace: str | None = None
    model: str | None = None
    number: int | None = None
    stage: str | None = None
    deleted: bool = False


class LineageEdge(Response):
    """``source`` went into ``target``: as a parent with this relation, or as data in this role."""

    source: str
    target: str
    relation: str


class Lineage(Response):
    """What lies around ``root``; ``complete`` is false where a limit cut the walk off."""

    root: str
    nodes: list[LineageNode]
    edges: list[LineageEdge]
    complete: bool


def from_domain(value: domain.Lineage) -> Lineage:
    """Return the wire shape of a lineage."""
    edges = [LineageEdge(edge.source, edge.target, edge.relation) for edge in value.edges]
    return Lineage(value.root, [_node(node) for node in value.nodes], edges, value.complete)


def _node(node: domain.Node) -> LineageNode:
    version = node.version
    if version is None:
        return LineageNode(node.name, node.kind, node.digest)
    return LineageNode(
        node.name,
        node.kind,
        version.digest,
        version.namespace,
        version.model,
        version.number,
        version.stage,
        version.deleted_at is not None,
    )
