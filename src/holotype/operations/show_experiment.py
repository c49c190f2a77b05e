"""What is known of an experiment, asked for by its id or its name?"""

from __future__ import annotations

from holotype.catalogue import namespaces
from holotype.domain import tracked as limits
from holotype.domain.runs import Experiment
from holotype.errors import NotFound
from holotype.operations import tracked
from holotype.operations.call import Call
from holotype.tracking import experiments


def show_experiment(call: Call, namespace: str, experiment_id: str) -> Experiment:
    """Return an experiment, a deleted one too."""
    tracked.require_reader(call.actor, namespace)
    with call.read() as tx:
        return tracked.experiment_of(call, tx, namespaces.get(tx, namespace), experiment_id)


def find_experiment(call: Call, namespace: str, experiment_name: str) -> Experiment:
    """Return the experiment of a name, a deleted one too."""
    tracked.require_reader(call.actor, namespace)
    limits.name(experiment_name, "experiment")
    with call.read() as tx:
        found = experiments.by_name(tx, namespaces.get(tx, namespace).id, experiment_name)
    if found is None:
        raise NotFound(f"Could not find experiment with name '{experiment_name[:80]}'.")
    return found
