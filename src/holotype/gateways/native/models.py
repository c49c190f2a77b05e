"""The routes about one model. Lists of models are in ``search``."""

from __future__ import annotations

from holotype.domain.permissions import Permission
from holotype.gateways.base import Reply, Request, call_of, delete, get, patch, post
from holotype.gateways.native.addresses import MODEL, model_at, tagged
from holotype.gateways.perform import perform, perform_quick
from holotype.operations.change_model import change_model
from holotype.operations.create_model import create_model
from holotype.operations.delete import delete_model
from holotype.operations.rename_model import rename_model
from holotype.operations.restore import restore_model
from holotype.operations.show import show_model
from holotype.wire import present, shapes


@post("/api/v1/models", permission=Permission.MODEL_CREATE, status=201)
async def new_model(request: Request, body: shapes.NewModel) -> shapes.Model:
    """Create a model without versions.

    Registering a version creates its model as well.
    """
    where = model_at(body.namespace, body.name)
    made = await perform(
        create_model, call_of(request), where, description=body.description, card=body.card, given=body.tags
    )
    return present.model(made, body.card)


@get(MODEL, permission=Permission.MODEL_READ, also={304: "The caller has it already."})
async def model(request: Request, namespace: str, model: str) -> Reply[shapes.Model]:
    """Show a model with its card."""
    found, card = await perform_quick(show_model, call_of(request), model_at(namespace, model))
    return tagged(request, present.model(found, card))


@patch(MODEL, permission=Permission.MODEL_WRITE)
async def changed_model(request: Request, namespace: str, model: str, body: shapes.ModelChange) -> shapes.Model:
    """Change the words about a model.

    What is not given stays; a tag set to null is removed.
    """
    where = model_at(namespace, model)
    after = await perform(
        change_model, call_of(request), where, description=body.description, card=body.card, given=body.tags
    )
    return present.model(after, body.card)


@post(MODEL + "/rename", permission=Permission.MODEL_WRITE)
async def renamed_model(request: Request, namespace: str, model: str, body: shapes.Rename) -> shapes.Model:
    """Give a model another name in its namespace.

    Versions, history, grants and tokens go with it; the old name is free. While something is in use, that takes the
    right to delete the model.
    """
    return present.model(await perform(rename_model, call_of(request), model_at(namespace, model), body.name))


@delete(MODEL, permission=Permission.MODEL_DELETE)
async def deleted_model(request: Request, namespace: str, model: str) -> None:
    """Delete a model and its versions, unless a stage or an alias holds one.

    It can be restored until the sweep has freed its bytes.
    """
    await perform(delete_model, call_of(request), model_at(namespace, model))


@post(MODEL + "/restore", permission=Permission.MODEL_DELETE)
async def restored_model(request: Request, namespace: str, model: str) -> shapes.Model:
    """Bring a deleted model back."""
    return present.model(await perform(restore_model, call_of(request), model_at(namespace, model)))


routes = [new_model, model, changed_model, renamed_model, deleted_model, restored_model]
