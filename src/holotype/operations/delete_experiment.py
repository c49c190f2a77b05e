"""How does an experiment go, and come back? With everything that was logged into it."""

from __future__ import annotations

from holotype.catalogue import namespaces
from holotype.operations import tracked
from holotype.operations.call import Call
from holotype.tracking import experiments


def delete_experiment(call: Call, namespace: str, experiment_id: str) -> None:
    """Delete an experiment with its runs and logged models; it keeps its name, and the sweep takes its files."""
    _set(call, namespace, experiment_id, deleted=True)


def restore_experiment(call: Call, namespace: str, experiment_id: str) -> None:
    """Bring back a deleted experiment with its runs and logged models, those that were deleted one by one too.

    What was deleted before the grace period stays gone, swept or not.
    """
    _set(call, namespace, experiment_id, deleted=False)


def _set(call: Call, namespace: str, experiment_id: str, *, deleted: bool) -> None:
    tracked.require_writer(call.actor, namespace)
    with call.write() as tx:
        space = namespaces.get(tx, namespace)
        found = tracked.experiment_of(call, tx, space, experiment_id, to_change=True)
        if (found.deleted_at is not None) == deleted:
            raise tracked.no_experiment(experiment_id)
        moment = call.now if deleted else None
        experiments.change(tx, space.id, found.id, call.now, deleted_at=moment)
        experiments.change_members(tx, space.id, found.id, moment, since=tracked.oldest(call))
