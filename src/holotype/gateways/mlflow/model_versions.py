"""The endpoints about versions of registered models. Tags, aliases, stages and the search have modules of their own.

A version whose bytes are still on their way is one for clients too, with the status PENDING_REGISTRATION.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from holotype.catalogue.sources import Sourced
from holotype.domain import artifact_places, origins, prompts, titles
from holotype.domain.entities import Intake, Version
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import Conflict, HolotypeError
from holotype.gateways.base import Request, call_of
from holotype.gateways.mlflow import naming, places, shapes
from holotype.gateways.mlflow.naming import Named
from holotype.gateways.mlflow.registered_models import Tag, check_there, tags_of
from holotype.gateways.mlflow.serving import Message, endpoint
from holotype.gateways.perform import perform, perform_quick
from holotype.gateways.remembered import remembered
from holotype.operations.change_intake import change_intake, drop_intake
from holotype.operations.change_version import change_version
from holotype.operations.delete import delete_version
from holotype.operations.take_in import Wanted, take_in
from holotype.operations.titled import show_sourced

_COPIES = 10
"""How many copies of external versions, each of the one before, are followed to where the bytes are."""


class CreateModelVersion(Message):
    """A version to register: of which model, from where, and words about it."""

    name: str
    source: str
    run_id: str | None = None
    tags: tuple[Tag, ...] = ()
    run_link: str | None = None
    description: str = ""
    model_id: str | None = None


class ModelVersionName(Message):
    """The name of a model and the number of a version."""

    name: str
    version: str


class UpdateModelVersion(Message):
    """What to say about a version: without words, nothing, as in MLflow's server."""

    name: str
    version: str
    description: str = ""


@endpoint("POST", "model-versions/create", permission=Permission.VERSION_REGISTER)
async def create(request: Request, message: CreateModelVersion) -> dict[str, Any]:
    """Register a version; where its bytes have yet to be copied in, it is pending."""
    named, tags = naming.model(request, message.name), tags_of(message.tags)
    if prompts.is_prompt(tags):
        await check_there(request, named)  # before its files are kept
    wanted = Wanted(
        uri=naming.required(message.source, "source"),
        run_id=message.run_id or None,
        run_link=message.run_link or None,
        model_id=message.model_id or None,
        description=message.description,
        tags=tags,
        prompt=prompts.is_prompt(tags),
        here=partial(places.base_url, request, named.reference.namespace),
        title=named.title,
    )
    made = await take_in(call_of(request), named.reference, wanted)
    return {"model_version": shapes.model_version(made, named.title)}


@remembered
@endpoint("GET", "model-versions/get", permission=Permission.MODEL_READ)
async def get(request: Request, message: ModelVersionName) -> dict[str, Any]:
    """Show a version."""
    return await shown(request, naming.version(request, message.name, message.version))


@endpoint("PATCH", "model-versions/update", permission=Permission.VERSION_WRITE)
async def update(request: Request, message: UpdateModelVersion) -> dict[str, Any]:
    """Change the description of a version."""
    named = naming.version(request, message.name, message.version)
    await change(request, named, description=message.description)
    return await shown(request, named)


@endpoint("DELETE", "model-versions/delete", permission=Permission.VERSION_DELETE)
async def delete(request: Request, message: ModelVersionName) -> None:
    """Delete a version, unless a stage, an alias or a promotion holds it."""
    named = naming.version(request, message.name, message.version)
    if isinstance(await found(request, named), Intake):
        dropped = await perform(drop_intake, call_of(request), named.reference)
        if dropped is not None:
            return
    await perform(delete_version, call_of(request), named.reference)


@endpoint("GET", "model-versions/get-download-uri", permission=Permission.MODEL_READ)
async def download_uri(request: Request, message: ModelVersionName) -> dict[str, Any]:
    """Say where the files of a version are: here, or of an external one where its source says."""
    named = naming.version(request, message.name, message.version)
    return {"artifact_uri": await _where(request, ready(await found(request, named)))}


async def change(request: Request, named: Named, **words: Any) -> None:
    """Change the words about a version or about the intake that stands for it."""
    if isinstance(await found(request, named), Intake):
        changed: Intake | Version | None = await perform(change_intake, call_of(request), named.reference, **words)
        if changed is not None:
            return
    await perform(change_version, call_of(request), named.reference, **words)


async def found(request: Request, named: Named) -> Sourced | Intake:
    """Return what a name and a number lead to."""
    return await perform_quick(show_sourced, call_of(request), *named)


async def shown(request: Request, named: Named) -> dict[str, Any]:
    """Return the answer that shows a version."""
    return {"model_version": shapes.model_version(await found(request, named), named.title)}


def ready(one: Sourced | Intake) -> Sourced:
    """Return a version whose bytes are not on their way any more, or raise ``Conflict``."""
    if isinstance(one, Sourced):
        return one
    what = f"Version {one.number} of {one.namespace}/{one.model}"
    if one.status == "pending":
        raise Conflict(f"{what} is still being copied in.", hint="Wait until its status is READY.")
    raise Conflict(f"{what} could not be copied in: {one.reason}", hint="Delete it and register it again.")


async def _where(request: Request, one: Sourced) -> str:
    """Return the address of a version's files; a copy of an external version lies where that one does."""
    for _ in range(_COPIES):
        version = one.version
        if version.file_count:
            place = artifact_places.of_version(version.model, version.number)
            return places.url_of(request, version.namespace, place)
        before = await _copied(request, one)
        if before is None:
            break
        one = before
    return shapes.source(one)


async def _copied(request: Request, one: Sourced) -> Sourced | None:
    """Return the version that an external one is a copy of, if its source names one that the caller may see."""
    try:
        origin = origins.read(shapes.source(one))
        if not isinstance(origin, origins.VersionOrigin) or not origin.number:
            return None
        reference = Reference(one.version.namespace, titles.name_of(origin.name), str(origin.number))
        before = await perform_quick(show_sourced, call_of(request), reference, origin.name)
    except HolotypeError:
        return None
    return before if isinstance(before, Sourced) and before.version.id != one.version.id else None


routes = [create, get, update, delete, download_uri]
