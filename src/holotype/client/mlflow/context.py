"""What does the tracking server know of the run and the logged model behind a version?

Both may be gone, or have been logged elsewhere; then the version comes without them, and the report says so.
"""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

from holotype.client.mlflow import answers
from holotype.client.mlflow.answers import Logged, Metric, OneLogged, OneRun, Run, mapping, moment, optional_moment
from holotype.client.mlflow.server import API, Server
from holotype.domain import times
from holotype.errors import Invalid, NotFound
from holotype.wire import imports as wire

_LONGEST_PROFILE = 100_000


class Tracking:
    """What was asked lately of a tracking server: versions that follow each other often have one run."""

    def __init__(self, server: Server) -> None:
        """Ask when something is wanted."""
        self._server = server
        self.run = lru_cache(16)(self._run)
        self.logged = lru_cache(16)(self._logged)

    def _run(self, run_id: str) -> Run | None:
        try:
            found = self._server.json(f"{API}/runs/get", OneRun, {"run_id": run_id, "run_uuid": run_id}).run
        except (NotFound, Invalid):
            return None
        return found if found.info.run_id == run_id else None

    def _logged(self, model_id: str) -> Logged | None:
        try:
            found = self._server.json(f"{API}/logged-models/{quote(model_id, safe='')}", OneLogged).model
        except (NotFound, Invalid):
            return None
        return found if found.info.model_id == model_id else None


def run_of(found: Run) -> tuple[wire.Run, list[str]]:
    """Return a run as it travels, and what of it cannot."""
    info = found.info
    metrics, out = _metrics(found.data.metrics)
    tags = mapping(found.data.tags)
    return wire.Run(
        id=info.run_id,
        experiment=info.experiment_id,
        name=info.run_name or tags.get("mlflow.runName", ""),
        status=info.status,
        user=info.user_id or tags.get("mlflow.user", ""),
        started_at=optional_moment(info.start_time, "the start of a run"),
        ended_at=optional_moment(info.end_time, "the end of a run"),
        parameters=mapping(found.data.params),
        metrics=metrics,
        tags=tags,
        inputs=[_input(one) for one in found.inputs.dataset_inputs],
    ), out


def logged_of(found: Logged) -> tuple[wire.Logged, list[str]]:
    """Return a logged model as it travels, and what of it cannot."""
    info = found.info
    metrics, out = _metrics(found.data.metrics)
    return wire.Logged(
        id=info.model_id,
        name=info.name,
        created_at=moment(info.creation_timestamp_ms, "the birth of a logged model"),
        changed_at=moment(info.last_updated_timestamp_ms, "the last change of a logged model"),
        experiment=info.experiment_id,
        run_id=info.source_run_id,
        status=str(info.status),
        model_type=info.model_type,
        parameters=mapping(found.data.params),
        metrics=metrics,
        tags=mapping(info.tags),
    ), out


def _metrics(found: list[Metric]) -> tuple[list[wire.Measured], list[str]]:
    """Return metrics as they travel; JSON has no words for what is not a finite number."""
    kept, out = [], []
    for one in found:
        value = answers.finite(one.value)
        if value is None:
            out.append(f"the metric {one.key[:80]!r} is {str(one.value)[:20]}, which is no number")
            continue
        at = times.from_micros(answers.number(one.timestamp, "a metric's moment", 253_402_300_799_999) * 1_000)
        kept.append(
            wire.Measured(
                name=one.key,
                value=value,
                step=answers.number(one.step, "a step") if not str(one.step).startswith("-") else 0,
                at=at,
                dataset=one.dataset_name or None,
                dataset_digest=one.dataset_digest or None,
                run_id=one.run_id or None,
            )
        )
    return kept, out


def _input(one: answers.Input) -> wire.Input:
    tags = mapping(one.tags)
    return wire.Input(
        name=one.dataset.name,
        digest=one.dataset.digest,
        kind=one.dataset.source_type,
        source=one.dataset.source,
        schema=one.dataset.schema[:_LONGEST_PROFILE],
        profile=one.dataset.profile[:_LONGEST_PROFILE],
        context=tags.get("mlflow.data.context", "training") or "training",
        tags=tags,
    )
