"""The endpoints at which a run or a logged model is asked for its files by its id, instead of by their place."""

from __future__ import annotations

from typing import Any

from holotype.domain import artifact_places
from holotype.domain.folders import Listed
from holotype.domain.permissions import Permission
from holotype.gateways.base import Request, call_of
from holotype.gateways.mlflow import tracked
from holotype.gateways.mlflow.serving import Message, endpoint, namespace_of
from holotype.gateways.mlflow.tracked import OfRun
from holotype.gateways.perform import perform, perform_quick
from holotype.operations.list_artifacts import list_artifacts
from holotype.operations.show_logged_model import show_logged_model
from holotype.operations.show_run import show_run


class FolderOfRun(OfRun):
    """A folder of a run."""

    path: str = ""


class FolderOfModel(Message):
    """A folder of a logged model, which the address names."""

    artifact_directory_path: str = ""


@endpoint("GET", "artifacts/list", permission=Permission.MODEL_READ)
async def of_run(request: Request, message: FolderOfRun) -> dict[str, Any]:
    """List what lies in a folder of a run."""
    run = await perform_quick(show_run, call_of(request), namespace_of(request), message.run)
    root = tracked.run_info(run)["artifact_uri"]
    return {"root_uri": root, "files": await _files(request, run.id, message.path)}


@endpoint("GET", "logged-models/{model_id:str}/artifacts/directories", permission=Permission.MODEL_READ)
async def of_model(request: Request, message: FolderOfModel) -> dict[str, Any]:
    """List what lies in a folder of a logged model."""
    model_id = str(request.scope["path_params"]["model_id"])
    model = await perform_quick(show_logged_model, call_of(request), namespace_of(request), model_id)
    root = tracked.logged_model(model)["info"]["artifact_uri"]
    return {"root_uri": root, "files": await _files(request, model.id, message.artifact_directory_path)}


async def _files(request: Request, owner: str, path: str) -> list[dict[str, Any]]:
    folder = path.strip("/")
    if folder:
        artifact_places.check(folder)
    found = await perform(list_artifacts, call_of(request), namespace_of(request), owner, folder)
    return [_shown(one, folder) for one in found]


def _shown(one: Listed, folder: str) -> dict[str, Any]:
    """Return a name with its path below the run, as the client puts it together again."""
    path = f"{folder}/{one.name}" if folder else one.name
    return (
        {"path": path, "is_dir": True} if one.size is None else {"path": path, "is_dir": False, "file_size": one.size}
    )


routes = [of_run, of_model]
