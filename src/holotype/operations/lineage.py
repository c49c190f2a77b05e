"""What was a version made from, and what was made from it?"""

from __future__ import annotations

from collections.abc import Callable

from holotype.access import rules
from holotype.catalogue import lineage as graphs
from holotype.catalogue import versions
from holotype.catalogue.search.asked import Visible
from holotype.db import Tx
from holotype.db.deadline import deadline
from holotype.domain import names
from holotype.domain.lineage import DEPTH, LARGEST_DEPTH, MOST_NODES, NODES, Lineage
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import Invalid
from holotype.operations import sight
from holotype.operations.call import Call

_SECONDS = 5.0


def lineage(call: Call, reference: Reference, *, depth: int = DEPTH, limit: int = NODES) -> Lineage:
    """Return the graph around a version: up to its sources, down to what was made from it."""
    rules.require(call.actor, Permission.MODEL_READ, namespace=reference.namespace, model=reference.model)
    _check(depth, limit)
    with (
        call.registry.database.snapshot() as tx,
        deadline(tx, _SECONDS, what="The lineage", hint="Ask for less depth."),
    ):
        root = versions.find(tx, reference)
        return graphs.around(tx, root, visible=_sight(call, tx), depth=depth, limit=limit)


def lineage_of_data(call: Call, uri: str, *, depth: int = DEPTH, limit: int = NODES) -> Lineage:
    """Return what was made from a data set."""
    rules.require_somewhere(call.actor, Permission.MODEL_READ)
    names.text(uri, "address of the data set", 2_000)
    return _below(call, graphs.of_data, uri, depth, limit)


def lineage_of_parent(call: Call, name: str, *, depth: int = DEPTH, limit: int = NODES) -> Lineage:
    """Return what was made from a parent, by the name under which it was recorded: of one that is elsewhere."""
    rules.require_somewhere(call.actor, Permission.MODEL_READ)
    names.text(name, "name of the parent", 2_000)
    return _below(call, graphs.of_parent, name, depth, limit)


def _below(call: Call, walk: Callable[..., Lineage], name: str, depth: int, limit: int) -> Lineage:
    _check(depth, limit)
    with (
        call.registry.database.snapshot() as tx,
        deadline(tx, _SECONDS, what="The lineage", hint="Ask for less depth."),
    ):
        return walk(tx, name, visible=_sight(call, tx), depth=depth, limit=limit)


def _sight(call: Call, tx: Tx) -> Visible | None:
    return sight.visible(tx, call.actor)


def _check(depth: int, limit: int) -> None:
    if not 1 <= depth <= LARGEST_DEPTH:
        raise Invalid(f"The depth is 1 to {LARGEST_DEPTH}, not {depth}.")
    if not 1 <= limit <= MOST_NODES:
        raise Invalid(f"A lineage has 1 to {MOST_NODES:,} nodes, not {limit}.")
