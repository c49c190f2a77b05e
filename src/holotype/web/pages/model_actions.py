"""What can be done with a model as a whole? Delete it, bring it back, give production its former version again."""

from __future__ import annotations

from dataclasses import replace

from holotype.domain import lifecycle
from holotype.domain.permissions import Permission
from holotype.gateways.native.addresses import model_at
from holotype.operations.delete import delete_model
from holotype.operations.restore import restore_model
from holotype.operations.retry_intake import retry_intake
from holotype.operations.rollback import rollback
from holotype.web import places
from holotype.web.base import Redirect, Visit, action

MODEL = "/models/{namespace:str}/{model:str}"


@action(MODEL + "/delete", permission=Permission.MODEL_DELETE)
def deleted(request: Visit, namespace: str, model: str) -> Redirect:
    """Delete a model that nothing holds, softly."""
    where = model_at(namespace, model)
    delete_model(request.call, where)
    return Redirect(places.model(where), f"{where} is deleted.")


@action(MODEL + "/restore", permission=Permission.MODEL_DELETE)
def restored(request: Visit, namespace: str, model: str) -> Redirect:
    """Bring a deleted model back."""
    where = model_at(namespace, model)
    restore_model(request.call, where)
    return Redirect(places.model(where), f"{where} is back.")


@action(MODEL + "/rollback", permission=Permission.VERSION_PROMOTE)
def rolled_back(request: Visit, namespace: str, model: str, *, reason: str = "") -> Redirect:
    """Give production back to the version that held it before."""
    where = model_at(namespace, model)
    made = rollback(request.call, where, lifecycle.PRODUCTION, reason=reason)
    told = f" {made.note}" if made.note else ""
    return Redirect(places.model(where), f"{made.version.reference} is in {made.target} again.{told}")


@action(MODEL + "/intakes/{number:str}/retry", permission=Permission.VERSION_REGISTER)
def tried_again(request: Visit, namespace: str, model: str, number: str) -> Redirect:
    """Have a version come again that could not be copied in."""
    where = model_at(namespace, model)
    made = retry_intake(request.call, replace(where, label=number))
    return Redirect(places.model(where), f"{where}:{made.number} is on its way again.")


routes = [deleted, restored, rolled_back, tried_again]
