"""The endpoints about aliases of registered models. To remove one that is not there is fine; to ask for it is not."""

from __future__ import annotations

from typing import Any

from holotype.domain.entities import Promotion
from holotype.domain.permissions import Permission
from holotype.gateways.base import Request, call_of
from holotype.gateways.mlflow import naming, shapes
from holotype.gateways.mlflow.errors import Refusal
from holotype.gateways.mlflow.model_versions import found, ready
from holotype.gateways.mlflow.refusals import not_applied
from holotype.gateways.mlflow.registered_models import existing
from holotype.gateways.mlflow.serving import Message, endpoint
from holotype.gateways.perform import perform, perform_quick
from holotype.gateways.remembered import remembered
from holotype.operations.remove_alias import remove_foreign_alias
from holotype.operations.set_alias import set_alias
from holotype.operations.titled import show_aliased


class SetRegisteredModelAlias(Message):
    """An alias and the version that it shall name."""

    name: str
    alias: str
    version: str


class RegisteredModelAlias(Message):
    """An alias of a model."""

    name: str
    alias: str


@endpoint("POST", "registered-models/alias", permission=Permission.ALIAS_WRITE)
async def set_(request: Request, message: SetRegisteredModelAlias) -> None:
    """Let an alias name a version; one that the policy protects by a promotion."""
    alias = naming.new_alias(message.alias)
    named = naming.version(request, message.name, message.version)
    ready(await found(request, named))
    done = await perform(set_alias, call_of(request), named.reference, alias, foreign=True)
    if isinstance(done, Promotion):
        raise not_applied(done)


@endpoint("DELETE", "registered-models/alias", permission=Permission.ALIAS_WRITE)
async def delete(request: Request, message: RegisteredModelAlias) -> None:
    """Remove an alias."""
    alias = naming.alias(message.alias)
    named = await existing(request, message.name)
    await perform(remove_foreign_alias, call_of(request), named.reference, alias)


@remembered
@endpoint("GET", "registered-models/alias", permission=Permission.MODEL_READ)
async def get(request: Request, message: RegisteredModelAlias) -> dict[str, Any]:
    """Show the version that an alias names; ``latest`` is the newest one."""
    alias = naming.required(message.alias, "alias")
    named = naming.model(request, message.name)
    one = None
    if len(alias) <= naming.ALIAS_LIMIT:
        one = await perform_quick(show_aliased, call_of(request), *named, alias)
    if one is None:
        raise Refusal(400, "INVALID_PARAMETER_VALUE", f"Registered model alias {alias[:80]} not found.")
    return {"model_version": shapes.model_version(one)}


routes = [set_, delete, get]
