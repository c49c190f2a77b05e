"""What is known of a model that a run logged?"""

from __future__ import annotations

from holotype.catalogue import namespaces
from holotype.domain.runs import LoggedModel
from holotype.operations import tracked
from holotype.operations.call import Call


def show_logged_model(call: Call, namespace: str, logged_id: str) -> LoggedModel:
    """Return a logged model with all that hangs on it."""
    tracked.require_reader(call.actor, namespace)
    with call.read() as tx:
        return tracked.model_of(call, tx, namespaces.get(tx, namespace), logged_id)
