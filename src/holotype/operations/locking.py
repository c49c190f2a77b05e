"""How do verbs on one model wait for each other? By locking the model before reading what it points to."""

from __future__ import annotations

from holotype.catalogue import models, namespaces
from holotype.db import Tx
from holotype.domain.references import Reference
from holotype.errors import NotFound


def lock(tx: Tx, reference: Reference) -> int:
    """Hold the model of a reference until the transaction ends and return its id."""
    namespace = namespaces.get(tx, reference.namespace)
    model_id = models.lock(tx, namespace, reference.model)
    if model_id is None:
        raise NotFound(f"There is no model {reference.model_reference}.", hint="List the models with `holotype ls`.")
    return model_id
