"""What lies around a version? Walked breadth first, a level at a time: two statements a level, not one a node."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from holotype.catalogue import versions
from holotype.catalogue.search.asked import Visible
from holotype.catalogue.tables import data_references, parents
from holotype.catalogue.tables import versions as version_rows
from holotype.db import Tx
from holotype.db.types import bound_list, in_list
from holotype.domain.entities import Version
from holotype.domain.lineage import Edge, Lineage, Node

_PARENTS = (
    sa.select(parents)
    .where(in_list(parents.c.version_id, "ids"))
    .order_by(parents.c.version_id, parents.c.position)
    .limit(sa.bindparam("limit"))
)
_CHILDREN = (
    sa.select(parents)
    .where(in_list(parents.c.parent_id, "ids"))
    .order_by(parents.c.parent_id, parents.c.version_id)
    .limit(sa.bindparam("limit"))
)
_DATA = (
    sa.select(data_references)
    .where(in_list(data_references.c.version_id, "ids"))
    .order_by(data_references.c.version_id, data_references.c.position)
    .limit(sa.bindparam("limit"))
)
_USERS = (
    sa.select(data_references)
    .where(data_references.c.uri == sa.bindparam("uri"))
    .order_by(data_references.c.version_id)
    .limit(sa.bindparam("limit"))
)
_MADE = (
    sa.select(parents)
    .where(parents.c.reference == sa.bindparam("reference"))
    .order_by(parents.c.version_id)
    .limit(sa.bindparam("limit"))
)
_DATA_LIMIT = 5_000


@dataclass(slots=True)
class _Graph:
    """What has been found so far."""

    tx: Tx
    visible: Visible | None
    room: int
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[Edge, None] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    complete: bool = True

    def add(self, found: Version) -> None:
        """Take a version in."""
        self.names[found.id] = found.reference
        self.nodes[found.reference] = Node(found.reference, "version", found.digest, found)

    def take(self, ids: Collection[int]) -> list[int]:
        """Take in those of some versions that are new and may be seen, as far as there is room; return them."""
        new = sorted({i for i in ids if i not in self.names})
        found = versions.by_ids(self.tx, new) if new else []
        seen = [one for one in found if self.visible is None or self.visible.holds(one)]
        room = max(0, self.room - len(self.nodes))
        if len(seen) > room:  # what may not be seen is not counted either
            self.complete = False
        for one in seen[:room]:
            self.add(one)
        return [one.id for one in seen[:room]]

    def seen(self, statement: sa.Select[Any], version_id: sa.ColumnElement[int]) -> sa.Select[Any]:
        """Narrow a statement to rows of versions that the caller may see, before it is cut off by its limit."""
        if self.visible is None:
            return statement
        rows = version_rows.c
        return statement.join(version_rows, rows.id == version_id).where(
            self.visible.among(rows.namespace_id, rows.model_id)
        )

    def rows(self, statement: sa.Select[Any], ids: Sequence[int], limit: int) -> list[sa.Row[Any]]:
        """Return the rows of a level, noting when there are more than asked for."""
        rows = list(self.tx.execute(statement, {"ids": bound_list(ids), "limit": limit + 1}))
        if len(rows) > limit:
            self.complete = False
        return rows[:limit]

    def lineage(self, root: str) -> Lineage:
        """Return what was found."""
        return Lineage(root, tuple(self.nodes.values()), tuple(self.edges), self.complete)


def around(tx: Tx, root: Version, *, visible: Visible | None, depth: int, limit: int) -> Lineage:
    """Return what a version was made from and what was made from it, as far as ``depth`` steps and ``limit`` nodes go.

    A parent that is elsewhere, or that the caller may not see, is shown as it was recorded; nothing is shown of
    children that the caller may not see, nor whether there are any.
    """
    graph = _Graph(tx, visible, limit)
    graph.add(root)
    _walk(graph, [root.id], depth, _up)
    _walk(graph, [root.id], depth, _down)
    _add_data(graph)
    return graph.lineage(root.reference)


def of_data(tx: Tx, uri: str, *, visible: Visible | None, depth: int, limit: int) -> Lineage:
    """Return which versions a data set went into, and what was made from them."""
    graph = _Graph(tx, visible, limit)
    rows = tx.execute(graph.seen(_USERS, data_references.c.version_id), {"uri": uri, "limit": limit + 1})
    return _below(graph, Node(uri, "data"), [(row.version_id, row.role) for row in rows], depth)


def of_parent(tx: Tx, reference: str, *, visible: Visible | None, depth: int, limit: int) -> Lineage:
    """Return which versions were made from a parent that is elsewhere, by the name that they recorded, and so on."""
    graph = _Graph(tx, visible, limit)
    rows = tx.execute(graph.seen(_MADE, parents.c.version_id), {"reference": reference, "limit": limit + 1})
    return _below(graph, Node(reference, "external"), [(row.version_id, row.relation) for row in rows], depth)


def _below(graph: _Graph, root: Node, first: Sequence[tuple[int, str]], depth: int) -> Lineage:
    """Return what was made from something that is no version of ours, beginning with what went in directly."""
    graph.nodes[root.name] = root
    taken = graph.take([version_id for version_id, _ in first])
    for version_id, relation in first:
        if version_id in graph.names:
            graph.edges[Edge(root.name, graph.names[version_id], relation)] = None
    _walk(graph, taken, depth - 1, _down)
    return graph.lineage(root.name)


def _walk(graph: _Graph, level: list[int], depth: int, step: Callable[[_Graph, list[int]], list[int]]) -> None:
    walked = set(level)
    for _ in range(depth):
        if not level:
            return
        level = [i for i in dict.fromkeys(step(graph, level)) if i not in walked]
        walked.update(level)
    if level:  # nobody looked behind the last level
        graph.complete = False


def _up(graph: _Graph, level: list[int]) -> list[int]:
    rows = graph.rows(_PARENTS, level, graph.room)
    graph.take({row.parent_id for row in rows if row.parent_id is not None})
    for row in rows:
        name = graph.names.get(row.parent_id) if row.parent_id is not None else None
        if name is None:
            name = row.reference
            if name not in graph.nodes:
                if len(graph.nodes) >= graph.room:
                    graph.complete = False
                    continue
                graph.nodes[name] = Node(name, "external", row.digest)
        graph.edges[Edge(name, graph.names[row.version_id], row.relation)] = None
    return [row.parent_id for row in rows if row.parent_id in graph.names]


def _down(graph: _Graph, level: list[int]) -> list[int]:
    rows = graph.rows(graph.seen(_CHILDREN, parents.c.version_id), level, graph.room)
    graph.take({row.version_id for row in rows})
    known = [row for row in rows if row.version_id in graph.names]
    for row in known:
        graph.edges[Edge(graph.names[row.parent_id], graph.names[row.version_id], row.relation)] = None
    return [row.version_id for row in known]


def _add_data(graph: _Graph) -> None:
    for row in graph.rows(_DATA, list(graph.names), _DATA_LIMIT):
        if row.uri not in graph.nodes:
            if len(graph.nodes) >= graph.room:
                graph.complete = False
                continue
            graph.nodes[row.uri] = Node(row.uri, "data", row.digest)
        graph.edges[Edge(row.uri, graph.names[row.version_id], row.role)] = None
