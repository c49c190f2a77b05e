"""How is an experiment given another name?"""

from __future__ import annotations

from holotype.catalogue import namespaces
from holotype.domain import tracked as limits
from holotype.errors import AlreadyExists, Invalid
from holotype.operations import tracked
from holotype.operations.call import Call
from holotype.tracking import experiments


def rename_experiment(call: Call, namespace: str, experiment_id: str, title: str) -> None:
    """Give an experiment another name."""
    tracked.require_writer(call.actor, namespace)
    limits.name(title, "experiment")
    with call.write() as tx:
        space = namespaces.get(tx, namespace)
        found = tracked.experiment_of(call, tx, space, experiment_id, to_change=True)
        if found.deleted_at is not None:
            raise Invalid("Cannot rename a non-active experiment.")
        other = experiments.by_name(tx, space.id, title)
        if other is not None and other.id != found.id:
            raise AlreadyExists(f"Experiment(name={title}) already exists, perhaps deleted.")
        experiments.change(tx, space.id, found.id, call.now, name=title)
