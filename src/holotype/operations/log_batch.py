"""How are metrics, parameters and tags of a run written down?

1. The caller may log in the namespace, and what is logged is within the limits.
2. The run is there for the caller and was not deleted; so are the logged models that metrics are about.
3. A parameter that was logged with another value refuses everything.
4. All is written in one transaction. There is no entry in the ledger: a run is context, and speaks often.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from holotype.catalogue import namespaces
from holotype.db import Tx
from holotype.domain import names
from holotype.domain import tracked as limits
from holotype.domain.runs import Measured
from holotype.errors import Invalid
from holotype.operations import tracked
from holotype.operations.call import Call
from holotype.tracking import attached, metrics, runs, weights

Metric = tuple[Measured, str | None]
"""A measurement, and the logged model that it is about."""


def log_batch(
    call: Call,
    namespace: str,
    run_id: str,
    *,
    measured: Sequence[Metric] = (),
    parameters: Sequence[tuple[str, str]] = (),
    tags: Sequence[tuple[str, str]] = (),
) -> None:
    """Log what is given of a run, all of it or nothing."""
    tracked.require_writer(call.actor, namespace)  # 1
    limits.batch(len(measured), len(parameters), len(tags))
    _check(measured)
    params, texts = limits.parameters(parameters), limits.tags(tags)
    with call.write() as tx:
        space = namespaces.get(tx, namespace)
        tracked.run_of(call, tx, space, run_id)  # 2
        for model_id in {model_id for _, model_id in measured if model_id}:
            tracked.model_of(call, tx, space, model_id)
        attached.set_parameters(tx, space.id, run_id, _new(tx, space.id, run_id, params))  # 3
        if measured:
            metrics.log(tx, space.id, run_id, measured)  # 4
        attached.set_tags(tx, space.id, run_id, texts)
        if params or texts:
            weights.check(tx, space.id, run_id)
        if texts.get(limits.RUN_NAME_TAG):
            runs.change(tx, space.id, run_id, name=limits.name(texts[limits.RUN_NAME_TAG], "run"))


def _new(tx: Tx, namespace_id: int, owner: str, given: Mapping[str, str]) -> dict[str, str]:
    """Return those parameters that were not logged yet."""
    known = attached.known_parameters(tx, namespace_id, owner, given)
    for key, value in given.items():
        if known.get(key, value) != value:
            raise Invalid(
                f"Changing param values is not allowed. Param with key='{key}' was already logged with "
                f"value='{known[key][:200]}' for run ID='{owner}'. Attempted logging new value '{value[:200]}'."
            )
    return {key: value for key, value in given.items() if key not in known}


def _check(measured: Sequence[Metric]) -> None:
    for one, _ in measured:
        limits.key(one.name, "metric")
        limits.whole(one.step, "step")
        names.text(one.dataset or "", "name of a data set", 500)
        names.text(one.dataset_digest or "", "digest of a data set", 36)
