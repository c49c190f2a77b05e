"""The endpoints about workspaces, which is MLflow's word for namespaces."""

from __future__ import annotations

from typing import Any

from holotype.domain.entities import Namespace
from holotype.domain.permissions import Permission
from holotype.errors import Invalid
from holotype.gateways.answers import Answer
from holotype.gateways.base import Request, call_of, encode
from holotype.gateways.mlflow.errors import not_implemented
from holotype.gateways.mlflow.serving import Message, endpoint
from holotype.gateways.perform import perform, perform_quick
from holotype.operations.create_namespace import create_namespace
from holotype.operations.list_namespaces import list_namespaces
from holotype.operations.show_namespace import show_namespace

_MOST = 10_000
"""MLflow's client asks for all at once; it cannot turn pages here."""


class NoFields(Message):
    """A message whose workspace is named by the address."""


class NewWorkspace(Message):
    """What a new workspace is to be."""

    name: str
    description: str = ""
    default_artifact_root: str | None = None
    trace_archival_config: dict[str, Any] | None = None


@endpoint("GET", "workspaces", permission=Permission.MODEL_READ, api="3.0/mlflow", spaced=False)
async def listed(request: Request, message: NoFields) -> dict[str, Any]:  # noqa: ARG001 - every endpoint takes both
    """List the namespaces that the caller may see."""
    found = await perform(list_namespaces, call_of(request), limit=_MOST)
    return {"workspaces": [_shown(one) for one in found]}


@endpoint("POST", "workspaces", permission=Permission.NAMESPACE_CREATE, api="3.0/mlflow", spaced=False)
async def create(request: Request, message: NewWorkspace) -> Answer:
    """Create a namespace."""
    if message.default_artifact_root or message.trace_archival_config:
        raise Invalid("A workspace has no place of its own here: the registry keeps the bytes, and no traces.")
    made = await perform(create_namespace, call_of(request), message.name, description=message.description)
    return Answer(201, encode({"workspace": _shown(made)}), [(b"content-type", b"application/json")])


@endpoint("GET", "workspaces/{workspace:str}", permission=Permission.MODEL_READ, api="3.0/mlflow", spaced=False)
async def get(request: Request, message: NoFields) -> dict[str, Any]:  # noqa: ARG001
    """Show a namespace."""
    name: str = request.scope["path_params"]["workspace"]
    return {"workspace": _shown(await perform_quick(show_namespace, call_of(request), name))}


@endpoint("PATCH", "workspaces/{workspace:str}", permission=Permission.NAMESPACE_CREATE, api="3.0/mlflow", spaced=False)
async def update(request: Request, message: NoFields) -> None:  # noqa: ARG001
    """Refuse to change a namespace: what MLflow would change, this registry does not have."""
    raise not_implemented("A workspace is a namespace here, and a namespace is not changed once it is made.")


@endpoint(
    "DELETE", "workspaces/{workspace:str}", permission=Permission.NAMESPACE_CREATE, api="3.0/mlflow", spaced=False
)
async def delete(request: Request, message: NoFields) -> None:  # noqa: ARG001
    """Refuse to delete a namespace."""
    raise not_implemented("A workspace is a namespace here, and a namespace is not deleted; delete its models.")


def _shown(namespace: Namespace) -> dict[str, Any]:
    return {"name": namespace.name, "description": namespace.description}


routes = [listed, create, get, update, delete]
