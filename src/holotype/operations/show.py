"""What is known about a model or a version, card and provenance included?"""

from __future__ import annotations

from dataclasses import dataclass

from holotype.access import rules
from holotype.catalogue import contents, models, versions
from holotype.domain.entities import Model, Version
from holotype.domain.manifest import Document, File
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import NotFound
from holotype.operations.call import Call


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """A version with its card and the bytes of its provenance (canonical JSON)."""

    version: Version
    card: str
    provenance: bytes | None


def show_model(call: Call, model: Reference, *, deleted: bool = False) -> tuple[Model, str]:
    """Return a model and its card; one that was deleted only where ``deleted`` says so."""
    _require(call, model)
    with call.read() as tx:
        found = models.get(tx, model.namespace, model.model, deleted=deleted)
        return found, models.card(tx, found.id)


def show_version(call: Call, reference: Reference, *, deleted: bool = False) -> ShownVersion:
    """Return a version with everything that is kept about it in the catalogue, also a deleted one if asked."""
    _require(call, reference)
    with call.read() as tx:
        found = versions.find(tx, reference, deleted=deleted)
        kept = contents.provenance(tx, found)
        return ShownVersion(found, versions.card(tx, found.id), kept.content if kept else None)


def show_files(call: Call, reference: Reference, *, after: str = "", limit: int = 50) -> list[File]:
    """Return up to ``limit`` files of a version whose paths come after ``after``."""
    _require(call, reference)
    with call.read() as tx:
        return contents.page_of_files(tx, versions.find(tx, reference).id, after=after, limit=limit)


def show_manifest(call: Call, reference: Reference) -> Document:
    """Return the manifest of a version, exactly the bytes that its digest covers."""
    _require(call, reference)
    with call.read() as tx:
        return contents.manifest(tx, versions.find(tx, reference))


def show_provenance(call: Call, reference: Reference) -> Document:
    """Return the provenance of a version, exactly the bytes that its manifest names."""
    _require(call, reference)
    with call.read() as tx:
        found = versions.find(tx, reference)
        kept = contents.provenance(tx, found)
        if kept is None:
            raise NotFound(f"{found.reference} was registered without provenance.")
        return kept


def show_parents(call: Call, reference: Reference) -> dict[str, Version]:
    """Return the parents of a version that are here and that the caller may see, by what the version calls them."""
    _require(call, reference)
    with call.read() as tx:
        named = contents.parents_here(tx, versions.find(tx, reference).id)
        found = {one.id: one for one in versions.by_ids(tx, sorted(set(named.values())))} if named else {}
    seen = {
        one.id
        for one in found.values()
        if rules.may(call.actor, Permission.MODEL_READ, namespace=one.namespace, model=one.model)
    }
    return {name: found[i] for name, i in named.items() if i in seen}


def _require(call: Call, reference: Reference) -> None:
    rules.require(call.actor, Permission.MODEL_READ, namespace=reference.namespace, model=reference.model)
