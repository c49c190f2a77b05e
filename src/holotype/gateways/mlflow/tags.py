"""The endpoints that set and remove tags of models and versions. To remove one that is not there is fine."""

from __future__ import annotations

from holotype.domain.permissions import Permission
from holotype.gateways.base import Request, call_of
from holotype.gateways.mlflow import naming
from holotype.gateways.mlflow.model_versions import change
from holotype.gateways.mlflow.registered_models import existing
from holotype.gateways.mlflow.serving import Message, endpoint
from holotype.gateways.perform import perform
from holotype.operations.change_model import change_model


class SetRegisteredModelTag(Message):
    """A tag of a model."""

    name: str
    key: str
    value: str = ""


class DeleteRegisteredModelTag(Message):
    """The key of a tag of a model."""

    name: str
    key: str


class SetModelVersionTag(Message):
    """A tag of a version."""

    name: str
    version: str
    key: str
    value: str = ""


class DeleteModelVersionTag(Message):
    """The key of a tag of a version."""

    name: str
    version: str
    key: str


@endpoint("POST", "registered-models/set-tag", permission=Permission.MODEL_WRITE)
async def set_model_tag(request: Request, message: SetRegisteredModelTag) -> None:
    """Set a tag of a registered model."""
    await _tag_model(request, message.name, message.key, message.value)


@endpoint("DELETE", "registered-models/delete-tag", permission=Permission.MODEL_WRITE)
async def delete_model_tag(request: Request, message: DeleteRegisteredModelTag) -> None:
    """Remove a tag of a registered model."""
    await _tag_model(request, message.name, message.key, None)


@endpoint("POST", "model-versions/set-tag", permission=Permission.VERSION_WRITE)
async def set_version_tag(request: Request, message: SetModelVersionTag) -> None:
    """Set a tag of a version."""
    await _tag_version(request, message.name, message.version, message.key, message.value)


@endpoint("DELETE", "model-versions/delete-tag", permission=Permission.VERSION_WRITE)
async def delete_version_tag(request: Request, message: DeleteModelVersionTag) -> None:
    """Remove a tag of a version."""
    await _tag_version(request, message.name, message.version, message.key, None)


async def _tag_model(request: Request, name: str, key: str, value: str | None) -> None:
    given = {naming.required(key, "key"): value}
    named = await existing(request, name)
    await perform(change_model, call_of(request), named.reference, given=given)


async def _tag_version(request: Request, name: str, version: str, key: str, value: str | None) -> None:
    given = {naming.required(key, "key"): value}
    await change(request, naming.version(request, name, version), given=given)


routes = [set_model_tag, delete_model_tag, set_version_tag, delete_version_tag]
