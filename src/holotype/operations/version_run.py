"""From which run that was logged here did a version come?

1. The caller may read the version.
2. Its registration named the run, or a logged model that the run made.
3. The caller may see the run, or it was logged by whoever registered the version: to name another's run shows nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from holotype.access import rules
from holotype.catalogue import namespaces, sources, versions
from holotype.db import Tx
from holotype.domain.entities import Version
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.domain.runs import TrackedRun
from holotype.errors import NotFound
from holotype.operations import tracked
from holotype.operations.call import Call
from holotype.tracking import experiments, logged_models, runs


@dataclass(frozen=True, slots=True)
class VersionRun:
    """A run, the name of its experiment, and the logged model that was registered."""

    run: TrackedRun
    experiment: str
    logged_model: str | None


def version_run(call: Call, reference: Reference) -> VersionRun:
    """Return the run that a version came from, with what it logged."""
    rules.require(call.actor, Permission.MODEL_READ, namespace=reference.namespace, model=reference.model)  # 1
    with call.read() as tx:
        version = versions.find(tx, reference)
        space = namespaces.get(tx, reference.namespace)
        run_id, logged_model = _named(tx, version, space.id)  # 2
        run = runs.get(tx, space.id, run_id) if run_id else None  # 3
        if run is None or not (
            run.author == version.created_by or tracked.sees(call.actor, space.name, run.author)
        ):  # 3
            raise NotFound(
                f"{version.reference} came from no run that is kept here.",
                hint="What registration took of its run is in the provenance: `holotype show`.",
            )
        experiment = experiments.get(tx, space.id, run.experiment)
        return VersionRun(run, experiment.name if experiment else run.experiment, logged_model)


def _named(tx: Tx, version: Version, namespace_id: int) -> tuple[str | None, str | None]:
    found = sources.by_ids(tx, [version.id])
    if not found:
        return None, None
    logged = logged_models.get(tx, namespace_id, found[0].logged_model) if found[0].logged_model else None
    return found[0].run_id or (logged.run_id if logged else None), found[0].logged_model
