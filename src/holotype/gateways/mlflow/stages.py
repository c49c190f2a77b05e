"""The endpoints about stages. MLflow's four are ours, in any case of letters; others are named as in the policy."""

from __future__ import annotations

from typing import Any

from holotype.domain.entities import Promotion
from holotype.domain.permissions import Permission
from holotype.errors import Invalid
from holotype.gateways.base import Request, call_of
from holotype.gateways.mlflow import naming, shapes
from holotype.gateways.mlflow.model_versions import found, ready, shown
from holotype.gateways.mlflow.refusals import not_applied
from holotype.gateways.mlflow.serving import Message, endpoint
from holotype.gateways.perform import perform, perform_quick
from holotype.operations.titled import show_newest
from holotype.operations.transition import transition

_INACTIVE = {"none", "archived"}


class TransitionModelVersionStage(Message):
    """The stage that a version shall be in, and whether those that are in it shall leave."""

    name: str
    version: str
    stage: str
    archive_existing_versions: bool = False


class GetLatestVersions(Message):
    """The name of a model, and of which stages the newest version is wanted."""

    name: str
    stages: tuple[str, ...] = ()


@endpoint("POST", "model-versions/transition-stage", permission=Permission.PROMOTION_REQUEST)
async def transition_stage(request: Request, message: TransitionModelVersionStage) -> dict[str, Any]:
    """Bring a version into a stage by the moves that the policy has, each a promotion of its own."""
    named = naming.version(request, message.name, message.version)
    stage = naming.required(message.stage, "stage")
    if message.archive_existing_versions and stage.lower() in _INACTIVE:
        raise Invalid(
            f"Model version transition cannot archive existing model versions because {stage!r} is not an active stage."
        )
    ready(await found(request, named))
    replacing = message.archive_existing_versions
    done = await perform(transition, call_of(request), named.reference, stage, replacing=replacing)
    if isinstance(done, Promotion):
        raise not_applied(done)
    return await shown(request, named)


@endpoint("POST", "registered-models/get-latest-versions", permission=Permission.MODEL_READ)
async def latest_versions(request: Request, message: GetLatestVersions) -> dict[str, Any]:
    """Show the newest version of each of some stages."""
    return await _latest(request, message)


@endpoint("GET", "registered-models/get-latest-versions", permission=Permission.MODEL_READ)
async def latest_versions_asked(request: Request, message: GetLatestVersions) -> dict[str, Any]:
    """Show the newest version of each of some stages, as older clients ask for it."""
    return await _latest(request, message)


async def _latest(request: Request, message: GetLatestVersions) -> dict[str, Any]:
    named = naming.model(request, message.name)
    newest = await perform_quick(show_newest, call_of(request), *named, message.stages)
    return {"model_versions": [shapes.model_version(one) for one in newest]}


routes = [transition_stage, latest_versions, latest_versions_asked]
