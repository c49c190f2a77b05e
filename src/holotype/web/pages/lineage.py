"""What was a thing made from, and what was made from it? A graph around a version, a data set, a parent elsewhere.

``of`` is a version, ``dataset:URI`` or ``parent:NAME``, as recalls are written; ``depth`` is how many steps each way.
"""

from __future__ import annotations

from holotype.domain import recall
from holotype.domain.lineage import Lineage
from holotype.domain.permissions import Permission
from holotype.domain.recall import Subject
from holotype.errors import HolotypeError
from holotype.gateways import problems
from holotype.operations import lineage as walks
from holotype.operations.impact import impact
from holotype.web import graphs
from holotype.web.base import Page, Visit, page
from holotype.web.refusals import noted

DEPTH, NODES = 4, 150
_DEPTHS = (1, 2, DEPTH, 8, 20, 100)
_REACHED = 12


@page("/lineage", permission=Permission.MODEL_READ)
def lineage(request: Visit, *, of: str = "", depth: int = DEPTH) -> Page:
    """Show the graph around a thing, and what a recall of it would reach."""
    of = of.strip()
    about: dict[str, object] = {"of": of, "depth": depth, "depths": sorted({*_DEPTHS, depth}), "most": NODES}
    if not of:
        return Page("lineage.html", about | {"found": None, "why": None})
    try:
        wanted = recall.parse(of)
        found = _walked(request, wanted, depth)
        reach = impact(request.call, _subject(wanted, found), limit=_REACHED)
    except HolotypeError as error:
        status = problems.status_of(noted(request, error))
        return Page("lineage.html", about | {"found": None, "why": error}, status=status)
    root = next(node for node in found.nodes if node.name == found.root)
    about |= {"found": found, "why": None, "root": root, "impact": reach, "graph": graphs.graph(found)}
    return Page("lineage.html", about | {"above": graphs.tree(found, up=True), "below": graphs.tree(found, up=False)})


def _walked(request: Visit, wanted: Subject, depth: int) -> Lineage:
    if wanted.reference is not None and wanted.kind == recall.VERSION:
        return walks.lineage(request.call, wanted.reference, depth=depth, limit=NODES)
    walk = walks.lineage_of_data if wanted.kind == recall.DATASET else walks.lineage_of_parent
    return walk(request.call, wanted.name, depth=depth, limit=NODES)


def _subject(wanted: Subject, found: Lineage) -> str:
    """Return the subject with the number of the version that its label named."""
    return found.root if wanted.kind == recall.VERSION else str(wanted)


routes = [lineage]
