"""Where did a version come from? What registration recorded, how its run stands now, and the documents themselves."""

from __future__ import annotations

from holotype.domain import ml_bom
from holotype.domain.manifest import Document
from holotype.domain.permissions import Permission
from holotype.domain.provenance import Provenance
from holotype.domain.references import Reference
from holotype.errors import Denied, NotFound
from holotype.gateways.answers import Answer
from holotype.gateways.native.addresses import version_at
from holotype.operations import describing
from holotype.operations.show import show_manifest, show_parents, show_provenance, show_version
from holotype.operations.situation import Situation
from holotype.operations.version_run import VersionRun, version_run
from holotype.web.base import Page, Visit, page
from holotype.web.downloads import saved
from holotype.web.version_heads import VERSION, decode, part

_HERE = "holotype"
"""The tracker of runs that were logged at the registry itself."""
_FEW = 200


@page(VERSION + "/provenance", permission=Permission.MODEL_READ)
def provenance(request: Visit, namespace: str, model: str, label: str, *, everything: bool = False) -> Page:
    """Show where a version came from."""

    def make(where: Reference, _: Situation) -> Page:
        shown = show_version(request.call, where)
        origin = decode(shown.provenance) if shown.provenance else Provenance()
        about = {
            "origin": origin,
            "recorded": shown.provenance is not None,
            "run_now": _run_now(request, where, origin),
        }
        about |= {"here_too": show_parents(request.call, where) if origin.parents else {}}
        about |= {"most": max(_FEW, len(origin.data), len(origin.parents)) if everything else _FEW}
        return Page("version_provenance.html", about)

    return part(request, namespace, model, label, "provenance", make)


@page(VERSION + "/provenance.json", permission=Permission.MODEL_READ)
def recorded(request: Visit, namespace: str, model: str, label: str) -> Answer:
    """Download the provenance, exactly the bytes that the manifest names."""
    return _document(show_provenance(request.call, version_at(namespace, model, label)), "provenance.json")


@page(VERSION + "/manifest", permission=Permission.MODEL_READ)
def manifest(request: Visit, namespace: str, model: str, label: str) -> Answer:
    """Download the manifest, exactly the bytes that the version's digest covers."""
    return _document(show_manifest(request.call, version_at(namespace, model, label)), "manifest.json")


@page(VERSION + "/bom", permission=Permission.MODEL_READ)
def bill_of_materials(request: Visit, namespace: str, model: str, label: str) -> Answer:
    """Download the bill of materials of a version: CycloneDX 1.6, JSON."""
    return saved(describing.bom(request.call, version_at(namespace, model, label)), "bom.cdx.json", ml_bom.FORMAT)


@page(VERSION + "/card", permission=Permission.MODEL_READ)
def card(request: Visit, namespace: str, model: str, label: str) -> Answer:
    """Download the model card of a version with what the registry knows."""
    content = describing.card(request.call, version_at(namespace, model, label))
    return saved(content, "README.md", "text/markdown; charset=utf-8")


def _document(found: Document, name: str) -> Answer:
    return saved(found.content, name, found.media_type)


def _run_now(request: Visit, where: Reference, origin: Provenance) -> VersionRun | None:
    """Return how the run stands now, where it was logged at this registry and the visitor may see it."""
    if origin.run is None or origin.run.tracker != _HERE:
        return None
    try:
        return version_run(request.call, where)
    except (NotFound, Denied):
        return None


routes = [provenance, recorded, manifest, bill_of_materials, card]
