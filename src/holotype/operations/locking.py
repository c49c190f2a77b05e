"""How do verbs on one model wait for each other? By locking the model before reading what it points to."""

from __future__ import annotations

from holotype.catalogue import models, namespaces
from holotype.db import Tx
from holotype.domain.references import Reference
from holotype.errors import AlreadyExists, NotFound


def lock(tx: Tx, reference: Reference) -> int:
    """Hold the model of a reference until the transaction ends and return its id."""
    model = reference.model_reference
    namespace = namespaces.get(tx, reference.namespace)
    try:
        model_id = models.lock(tx, namespace, reference.model)
    except AlreadyExists as error:  # its name is taken, which is no news to who does not want to create it
        raise NotFound(f"The model {model} was deleted.", hint=f"Bring it back: `holotype restore {model}`.") from error
    if model_id is None:
        raise NotFound(f"There is no model {model}.", hint="List the models with `holotype ls`.")
    return model_id
