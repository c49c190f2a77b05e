"""How does a run begin?"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from holotype.catalogue import namespaces
from holotype.domain import names, run_names
from holotype.domain import tracked as limits
from holotype.domain.runs import TrackedRun
from holotype.errors import Invalid
from holotype.operations import tracked
from holotype.operations.call import Call
from holotype.tracking import runs

_USER_LIMIT = 256


def create_run(
    call: Call,
    namespace: str,
    experiment_id: str,
    *,
    name: str = "",
    user: str = "",
    started_at: datetime | None = None,
    given: Sequence[tuple[str, str]] = (),
) -> TrackedRun:
    """Begin a run and return it; where it has no name, it is given one."""
    tracked.require_writer(call.actor, namespace)
    tags = limits.tags(given)
    tagged = tags.get(limits.RUN_NAME_TAG, "")
    if name and tagged and name != tagged:
        raise Invalid(
            "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values "
            f"(run_name='{name[:80]}', mlflow.runName='{tagged[:80]}')."
        )
    chosen = limits.name(name or tagged or run_names.invented(), "run")
    with call.write() as tx:
        space = namespaces.get(tx, namespace)
        experiment = tracked.active_experiment(call, tx, space, experiment_id)
        made = TrackedRun(
            id=uuid.uuid4().hex,
            experiment=experiment.id,
            name=chosen,
            user=names.text(user, "user", _USER_LIMIT) or call.actor.name,
            author=call.actor.name,
            started_at=started_at or call.now,
            tags=tags | {limits.RUN_NAME_TAG: chosen},
        )
        runs.create(tx, space.id, made)
        return made
