"""Which of our files does a source of another protocol mean? Those of a version, of a run or of a logged model here.

A source that nobody here knows, or that the caller may not see, leads to nothing: it may lie elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from holotype.access import rules
from holotype.catalogue import contents, intakes, models, sources
from holotype.db import Tx
from holotype.domain import artifact_places, names, titles
from holotype.domain.artifact_places import TrackedPlace, VersionPlace
from holotype.domain.entities import Namespace
from holotype.domain.manifest import File, role_of
from holotype.domain.origins import ArtifactOrigin, LoggedOrigin, Origin, RunOrigin, VersionOrigin
from holotype.domain.permissions import Permission
from holotype.domain.provenance import Parent, Provenance
from holotype.domain.references import Reference
from holotype.domain.runs import LoggedModel, TrackedRun
from holotype.errors import Conflict, NotFound
from holotype.operations import tracked
from holotype.operations.call import Call
from holotype.operations.registering import FILE_LIMIT
from holotype.tracking import artifacts, experiments


@dataclass(frozen=True, slots=True)
class Found:
    """Files of ours that a source means, and what is known of where they came from.

    ``run_id`` is the run that a version which is copied is shown with, whether or not anybody here knows it.
    """

    files: tuple[File, ...] = ()
    run: TrackedRun | None = None
    model_id: str | None = None
    parent: Parent | None = None
    inherited: Provenance | None = None
    logged: LoggedModel | None = None
    run_id: str | None = None


def follow(call: Call, tx: Tx, namespace: Namespace, origin: Origin, here: Callable[[], str] | None) -> Found | None:
    """Return what a source means here, or nothing where it leads elsewhere."""
    if isinstance(origin, VersionOrigin):
        return _version(call, tx, namespace, origin)
    if isinstance(origin, RunOrigin):
        return _run(call, tx, namespace, origin.run_id, origin.path)
    if isinstance(origin, LoggedOrigin):
        return _logged(call, tx, namespace, origin.model_id, "")
    if isinstance(origin, ArtifactOrigin) and _is_here(origin.base, here):
        place = artifact_places.parse(origin.path)
        if isinstance(place, VersionPlace) and not place.path:
            return _copied(call, tx, Reference(namespace.name, place.model, str(place.number)), None)
        if isinstance(place, TrackedPlace):
            found = _logged if place.owner.startswith("m-") else _run
            return found(call, tx, namespace, place.owner, place.path)
    return None


def run_of(call: Call, tx: Tx, namespace: Namespace, run_id: str | None) -> TrackedRun | None:
    """Return a run that the caller may see."""
    run = tracked.readable(call, tx, namespace, run_id) if run_id else None
    if run is None or run.deleted_at is not None:
        return None
    within = experiments.get(tx, namespace.id, run.experiment)
    return replace(run, experiment=within.name) if within else run  # a number says nothing to who reads of it later


def _is_here(base: str | None, here: Callable[[], str] | None) -> bool:
    """Say whether an artifact server is this one: where none is named, or by its whole address or its host alone.

    ``mlflow-artifacts://host`` has no room for the path that leads to a namespace here.
    """
    if base is None or here is None:
        return base is None
    address = here().lower()
    return base in (address, urlsplit(address).netloc)


def _run(call: Call, tx: Tx, namespace: Namespace, run_id: str, path: str) -> Found | None:
    run = run_of(call, tx, namespace, run_id)
    return None if run is None else Found(_files(tx, namespace, run_id, path), run)


def _logged(call: Call, tx: Tx, namespace: Namespace, model_id: str, path: str) -> Found | None:
    model = tracked.readable_model(call, tx, namespace, model_id)
    if model is None:
        return None
    run = run_of(call, tx, namespace, model.run_id)
    return Found(_files(tx, namespace, model_id, path), run, model_id, logged=model)


def _files(tx: Tx, namespace: Namespace, owner: str, path: str) -> tuple[File, ...]:
    """Return the files below a path, named from there on; a path that names a file means this file."""
    found = []
    for artifact in artifacts.files(tx, namespace.id, owner, path):
        below = artifact.path[len(path) + 1 :] if path and artifact.path != path else artifact.path
        name = below if artifact.path != path else path.rpartition("/")[2]
        found.append(File(name, artifact.digest, artifact.size, role_of(name)))
    return tuple(found)


def _version(call: Call, tx: Tx, namespace: Namespace, origin: VersionOrigin) -> Found:
    alias = origin.alias or ""
    label = str(origin.number) if origin.number else titles.alias_of(alias)
    if alias.lower() == names.LATEST:
        label = names.LATEST
    return _copied(call, tx, Reference(namespace.name, titles.name_of(origin.name), label), origin.name)


def _copied(call: Call, tx: Tx, reference: Reference, title: str | None) -> Found:
    rules.require(call.actor, Permission.MODEL_READ, namespace=reference.namespace, model=reference.model)
    found = sources.find(tx, reference)
    if found is None or title not in (None, found.title):
        _check_no_intake(tx, reference)
        raise NotFound(f"There is no {reference}.", hint=f"List the versions of {reference.model_reference}.")
    version = found.version
    held = contents.page_of_files(tx, version.id, after="", limit=FILE_LIMIT)
    inherited = contents.origin(tx, version)
    parent = Parent(version.reference, "derived", version.digest)
    return Found(tuple(held), None, found.logged_model, parent, inherited, run_id=found.run_id)


def _check_no_intake(tx: Tx, reference: Reference) -> None:
    """Say of a version whose bytes are not here yet that it is not there yet."""
    if reference.label is None or not reference.label.isdigit():
        return
    model = models.get(tx, reference.namespace, reference.model)
    intake = intakes.get(tx, model.id, int(reference.label))
    if intake is not None:
        raise Conflict(f"{reference} is {intake.status}: its bytes are not here.", hint="Wait until it is ready.")
