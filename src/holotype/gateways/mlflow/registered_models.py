"""The endpoints about registered models. Their tags and aliases have modules of their own, and so has the search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from holotype.catalogue.overviews import Overview
from holotype.domain import prompts
from holotype.domain.permissions import Permission
from holotype.errors import AlreadyExists, NotFound
from holotype.gateways.base import Request, call_of
from holotype.gateways.mlflow import naming, shapes
from holotype.gateways.mlflow.errors import Refusal
from holotype.gateways.mlflow.naming import Named
from holotype.gateways.mlflow.serving import Message, endpoint
from holotype.gateways.perform import perform, perform_quick
from holotype.gateways.remembered import remembered
from holotype.operations.change_model import change_model
from holotype.operations.create_model import create_model
from holotype.operations.delete import delete_model
from holotype.operations.rename_model import rename_model
from holotype.operations.titled import check_titled, show_overview


class Tag(msgspec.Struct):
    """A tag of a model or a version."""

    key: str
    value: str = ""


class CreateRegisteredModel(Message):
    """A model to create."""

    name: str
    tags: tuple[Tag, ...] = ()
    description: str = ""


class RegisteredModelName(Message):
    """The name of a model."""

    name: str


class RenameRegisteredModel(Message):
    """The name that a model has and the one that it shall have."""

    name: str
    new_name: str


class UpdateRegisteredModel(Message):
    """What to say about a model: without words, nothing, as in MLflow's server."""

    name: str
    description: str = ""


@endpoint("POST", "registered-models/create", permission=Permission.MODEL_CREATE)
async def create(request: Request, message: CreateRegisteredModel) -> dict[str, Any]:
    """Create a registered model without versions; a deleted one of that name comes back as a new, empty one."""
    named, given = naming.model(request, message.name), tags_of(message.tags)
    words: dict[str, Any] = {"description": message.description, "given": given, "title": named.title, "again": True}
    try:
        made = await perform(create_model, call_of(request), named.reference, **words)
    except AlreadyExists as error:
        raise await _taken(request, named, prompt=prompts.is_prompt(given)) from error
    return {"registered_model": shapes.registered_model(Overview(made, {}, ()))}


@remembered
@endpoint("GET", "registered-models/get", permission=Permission.MODEL_READ)
async def get(request: Request, message: RegisteredModelName) -> dict[str, Any]:
    """Show a registered model with its aliases and the newest version of each stage."""
    return await _shown(request, naming.model(request, message.name))


@endpoint("POST", "registered-models/rename", permission=Permission.MODEL_WRITE)
async def rename(request: Request, message: RenameRegisteredModel) -> dict[str, Any]:
    """Give a registered model another name."""
    named = await existing(request, message.name)
    new = naming.model(request, message.new_name, "new_name")
    try:
        await perform(rename_model, call_of(request), named.reference, new.reference.model, title=new.title)
    except AlreadyExists as error:
        text = f"Registered Model (name={new.title}) already exists. {error.hint or ''}".strip()
        raise Refusal(400, "RESOURCE_ALREADY_EXISTS", text) from error
    return await _shown(request, new)


@endpoint("PATCH", "registered-models/update", permission=Permission.MODEL_WRITE)
async def update(request: Request, message: UpdateRegisteredModel) -> dict[str, Any]:
    """Change the description of a registered model."""
    named = await existing(request, message.name)
    await perform(change_model, call_of(request), named.reference, description=message.description)
    return await _shown(request, named)


@endpoint("DELETE", "registered-models/delete", permission=Permission.MODEL_DELETE)
async def delete(request: Request, message: RegisteredModelName) -> None:
    """Delete a registered model and its versions, unless something holds one."""
    named = await existing(request, message.name)
    await perform(delete_model, call_of(request), named.reference)


async def existing(request: Request, name: str) -> Named:
    """Return the model of a name, or raise ``NotFound`` where there is none that the caller may see."""
    named = naming.model(request, name)
    await check_there(request, named)
    return named


async def check_there(request: Request, named: Named) -> None:
    """Raise ``NotFound`` unless a model is there that the caller may see."""
    await perform_quick(check_titled, call_of(request), *named)


def tags_of(tags: Sequence[Tag]) -> dict[str, str]:
    """Return tags by key; of a key that is given twice, the last one counts."""
    return {tag.key: tag.value for tag in tags}


async def _shown(request: Request, named: Named) -> dict[str, Any]:
    found = await perform_quick(show_overview, call_of(request), *named)
    return {"registered_model": shapes.registered_model(found)}


async def _taken(request: Request, named: Named, *, prompt: bool) -> Refusal:
    """Return the error that a client of MLflow's knows; it tells models and prompts apart."""
    try:
        there = await perform_quick(show_overview, call_of(request), *named)
    except NotFound:
        return _in_the_way(named)
    new, old = ("prompt" if one else "registered model" for one in (prompt, prompts.is_prompt(there.model.tags)))
    text = f"{new.title()} (name={named.title}) already exists."
    if new != old:
        text = (
            f"Tried to create a {new} with name {named.title!r}, but the name is already taken by a {old}."
            " MLflow does not allow creating a model and a prompt with the same name."
        )
    return Refusal(400, "RESOURCE_ALREADY_EXISTS", text)


def _in_the_way(named: Named) -> Refusal:
    """Return the error about a model that clients call otherwise, and that has the name which this one would have."""
    name, title = named.reference.model, named.title
    text = f"{title!r} would be kept here as {named.reference}, and a model that is called {name!r} is there already."
    if name == title:
        text = f"{named.reference} is there already: it is the model that clients of MLflow call by another name."
    return Refusal(400, "RESOURCE_ALREADY_EXISTS", f"{text} Choose another name, or rename that model.")


routes = [create, get, rename, update, delete]
