"""How are the tags of an experiment set and removed?"""

from __future__ import annotations

from holotype.catalogue import namespaces
from holotype.domain import tracked as limits
from holotype.errors import Invalid, NotFound
from holotype.operations import tracked
from holotype.operations.call import Call
from holotype.tracking import attached, experiments, weights


def tag_experiment(call: Call, namespace: str, experiment_id: str, key: str, value: str | None) -> None:
    """Set a tag of an experiment, or remove it where there is no value."""
    tracked.require_writer(call.actor, namespace)
    limits.experiment_tags([(key, value or "")])
    with call.write() as tx:
        space = namespaces.get(tx, namespace)
        found = tracked.experiment_of(call, tx, space, experiment_id, to_change=True)
        if found.deleted_at is not None:
            raise Invalid(f"The experiment {found.id} must be in the 'active' state. Current state is deleted.")
        if value is not None:
            attached.set_tags(tx, space.id, found.id, {key: value})
            weights.check(tx, space.id, found.id)
        elif not attached.remove_tag(tx, space.id, found.id, key):
            raise NotFound(f"No tag with name: {key} in experiment with id {found.id}.")
        experiments.change(tx, space.id, found.id, call.now)
