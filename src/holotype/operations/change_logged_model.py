"""How does a logged model say that its files are there, or go?"""

from __future__ import annotations

from holotype.catalogue import namespaces
from holotype.domain import tracked as limits
from holotype.domain.runs import LoggedModel
from holotype.operations import tracked
from holotype.operations.call import Call
from holotype.tracking import logged_models


def finalise_logged_model(call: Call, namespace: str, logged_id: str, status: str) -> LoggedModel:
    """Say that a logged model is ready, or that it failed, and return it."""
    tracked.require_writer(call.actor, namespace)
    limits.one_of(status, limits.MODEL_STATUSES, "status")
    with call.write() as tx:
        space = namespaces.get(tx, namespace)
        tracked.model_of(call, tx, space, logged_id)
        logged_models.change(tx, space.id, logged_id, call.now, status=status)
        return tracked.model_of(call, tx, space, logged_id)


def delete_logged_model(call: Call, namespace: str, logged_id: str) -> None:
    """Delete a logged model; after the grace period the sweep forgets it and its files."""
    tracked.require_writer(call.actor, namespace)
    with call.write() as tx:
        space = namespaces.get(tx, namespace)
        tracked.model_of(call, tx, space, logged_id)
        logged_models.change(tx, space.id, logged_id, call.now, deleted_at=call.now)
