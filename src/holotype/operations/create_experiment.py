"""How does an experiment come to be?"""

from __future__ import annotations

from collections.abc import Sequence

from holotype.catalogue import namespaces
from holotype.domain import tracked as limits
from holotype.errors import AlreadyExists
from holotype.operations import tracked
from holotype.operations.call import Call
from holotype.tracking import attached, experiments


def create_experiment(call: Call, namespace: str, name: str, *, given: Sequence[tuple[str, str]] = ()) -> str:
    """Create an experiment and return its id; a deleted one keeps its name."""
    tracked.require_writer(call.actor, namespace)
    limits.name(name, "experiment")
    tags = limits.experiment_tags(given)
    with call.write() as tx:
        space = namespaces.get(tx, namespace)
        if experiments.by_name(tx, space.id, name) is not None:
            raise AlreadyExists(f"Experiment(name={name}) already exists, perhaps deleted.")
        made = experiments.create(tx, space.id, name, author=call.actor.name, now=call.now)
        attached.set_tags(tx, space.id, made, tags)
        return made
