"""How does a run say what went into it and what came out?"""

from __future__ import annotations

from collections.abc import Sequence

from holotype.catalogue import namespaces
from holotype.domain import tracked as limits
from holotype.domain.runs import Input
from holotype.operations import tracked
from holotype.operations.call import Call
from holotype.tracking import inputs, weights


def log_inputs(
    call: Call, namespace: str, run_id: str, *, datasets: Sequence[Input] = (), models: Sequence[str] = ()
) -> None:
    """Note data sets and logged models that went into a run; what is noted already stays as it is."""
    tracked.require_writer(call.actor, namespace)
    _check(len(datasets), len(models))
    for one in datasets:
        limits.dataset(one)
    with call.write() as tx:
        space = namespaces.get(tx, namespace)
        tracked.run_of(call, tx, space, run_id)
        for model_id in models:
            tracked.model_of(call, tx, space, model_id)
        inputs.add(tx, space.id, run_id, datasets)
        weights.check(tx, space.id, run_id)
        inputs.add_models(tx, space.id, run_id, [(one, 0) for one in models], used=True)


def log_outputs(call: Call, namespace: str, run_id: str, models: Sequence[tuple[str, int]]) -> None:
    """Note logged models that a run made, each with the step at which it did."""
    tracked.require_writer(call.actor, namespace)
    _check(0, len(models))
    with call.write() as tx:
        space = namespaces.get(tx, namespace)
        tracked.run_of(call, tx, space, run_id)
        for model_id, step in models:
            tracked.model_of(call, tx, space, model_id)
            limits.whole(step, "step")
        inputs.add_models(tx, space.id, run_id, models, used=False)


def _check(datasets: int, models: int) -> None:
    limits.batch(datasets, 0, 0)
    limits.batch(models, 0, 0)
