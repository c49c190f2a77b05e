"""How does a model come to be that a run logs, before anybody registers it?"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from holotype.catalogue import namespaces
from holotype.domain import names, run_names
from holotype.domain import tracked as limits
from holotype.domain.runs import LoggedModel
from holotype.operations import tracked
from holotype.operations.call import Call
from holotype.tracking import logged_models


def create_logged_model(
    call: Call,
    namespace: str,
    experiment_id: str,
    *,
    name: str = "",
    model_type: str = "",
    run_id: str = "",
    parameters: Sequence[tuple[str, str]] = (),
    tags: Sequence[tuple[str, str]] = (),
) -> LoggedModel:
    """Create a logged model, to which files are written next, and return it."""
    tracked.require_writer(call.actor, namespace)
    limits.batch(0, len(parameters), len(tags))
    params, texts = limits.parameters(parameters), limits.tags(tags)
    chosen = limits.model_name(name or run_names.invented())
    with call.write() as tx:
        space = namespaces.get(tx, namespace)
        experiment = tracked.active_experiment(call, tx, space, experiment_id)
        if run_id:
            tracked.run_of(call, tx, space, run_id)
        made = LoggedModel(
            id=f"m-{uuid.uuid4().hex}",
            experiment=experiment.id,
            name=chosen,
            created_at=call.now,
            changed_at=call.now,
            run_id=run_id,
            model_type=names.text(model_type, "model type", 500),
            author=call.actor.name,
            parameters=params,
            tags=texts,
        )
        logged_models.create(tx, space.id, made)
        return made
