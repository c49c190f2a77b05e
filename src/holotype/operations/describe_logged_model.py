"""How are the tags and parameters of a logged model written?"""

from __future__ import annotations

from collections.abc import Sequence

from holotype.catalogue import namespaces
from holotype.domain import tracked as limits
from holotype.errors import Invalid, NotFound
from holotype.operations import tracked
from holotype.operations.call import Call
from holotype.tracking import attached, logged_models, weights


def describe_logged_model(
    call: Call,
    namespace: str,
    logged_id: str,
    *,
    parameters: Sequence[tuple[str, str]] = (),
    tags: Sequence[tuple[str, str]] = (),
) -> None:
    """Set tags of a logged model and add parameters; one that is there with another value is refused."""
    tracked.require_writer(call.actor, namespace)
    limits.batch(0, len(parameters), len(tags))
    params, texts = limits.parameters(parameters), limits.tags(tags)
    with call.write() as tx:
        space = namespaces.get(tx, namespace)
        found = tracked.model_of(call, tx, space, logged_id)
        for key, value in params.items():
            if found.parameters.get(key, value) != value:
                raise Invalid(f"The parameter {key!r} of the logged model {logged_id} has another value already.")
        attached.set_parameters(tx, space.id, logged_id, params)
        attached.set_tags(tx, space.id, logged_id, texts)
        weights.check(tx, space.id, logged_id)
        logged_models.change(tx, space.id, logged_id, call.now)


def untag_logged_model(call: Call, namespace: str, logged_id: str, key: str) -> None:
    """Remove a tag of a logged model."""
    tracked.require_writer(call.actor, namespace)
    limits.key(key, "tag")
    with call.write() as tx:
        space = namespaces.get(tx, namespace)
        tracked.model_of(call, tx, space, logged_id)
        if not attached.remove_tag(tx, space.id, logged_id, key):
            raise NotFound(f"No tag with key {key[:80]!r} found for model with ID {logged_id!r}.")
