"""What do experiments, runs and logged models look like to a client, and what is common to the messages about them?"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from holotype.domain import artifact_places, cursors, times
from holotype.domain import tracked as limits
from holotype.domain.runs import Experiment, Input, LoggedModel, Measured, TrackedRun
from holotype.gateways.mlflow.errors import invalid
from holotype.gateways.mlflow.serving import Message

VIEWS = {"ACTIVE_ONLY": False, "DELETED_ONLY": True, "ALL": None, "1": False, "2": True, "3": None}
_MOST_EXPERIMENTS = 1_000
_MODEL_STATUSES = {
    "PENDING": "LOGGED_MODEL_PENDING",
    "READY": "LOGGED_MODEL_READY",
    "FAILED": "LOGGED_MODEL_UPLOAD_FAILED",
}


class Pair(msgspec.Struct):
    """A tag or a parameter."""

    key: str
    value: str = ""


class OfRun(Message):
    """A message about one run, under either of the names that its id has had."""

    run_id: str = ""
    run_uuid: str = ""

    @property
    def run(self) -> str:
        """The id of the run."""
        return required("run_id", self.run_id or self.run_uuid)


def required(name: str, value: str) -> str:
    """Return a text unchanged, or raise where it is empty."""
    if not value:
        raise invalid(name, value, "it is needed")
    return value


def pairs(given: Sequence[Pair]) -> list[tuple[str, str]]:
    """Return tags or parameters as the verbs take them."""
    return [(one.key, one.value) for one in given]


def view(given: str | int) -> bool | None:
    """Return whether what was deleted is asked for: ``None`` for all."""
    if str(given) not in VIEWS:
        raise invalid("view_type", given)
    return VIEWS[str(given)]


def count(given: int | None, *, otherwise: int, most: int) -> int:
    """Return how many rows a page may have."""
    if given is None:
        return otherwise
    if not 0 < given <= most:
        raise invalid("max_results", given, f"it is at least 1 and at most {most:,}")
    return given


def behind(token: str, binding: str) -> str | None:
    """Return the id behind which a page begins."""
    key = cursors.read(token, binding)[0] if token else None
    if token and not isinstance(key, str):
        raise invalid("page_token", token)
    return None if key is None else str(key)


def more(found: str | None, binding: str) -> dict[str, str]:
    """Return the field that leads to the next page, if there is one."""
    return {} if found is None else {"next_page_token": cursors.write(binding, found, 0)}


def binding(*parts: object) -> str:
    """Return a text that tells one list from another."""
    return json.dumps(parts, default=repr)


def millis(moment: datetime | None) -> int:
    """Return a moment as clients count it."""
    return 0 if moment is None else times.to_millis(moment)


def experiment(one: Experiment) -> dict[str, Any]:
    """Return an experiment as a client reads it."""
    return {
        "experiment_id": one.id,
        "name": one.name,
        "artifact_location": f"{artifact_places.SCHEME}:/{one.id}",
        "lifecycle_stage": _stage(one.deleted_at),
        "creation_time": millis(one.created_at),
        "last_update_time": millis(one.changed_at),
        "tags": _pairs(one.tags),
    }


def run_info(one: TrackedRun) -> dict[str, Any]:
    """Return what is known of a run, without what it logged."""
    found = {
        "run_id": one.id,
        "run_uuid": one.id,
        "run_name": one.name,
        "experiment_id": one.experiment,
        "user_id": one.user,
        "status": one.status,
        "start_time": millis(one.started_at),
        "artifact_uri": f"{artifact_places.SCHEME}:/{artifact_places.of_run(one.experiment, one.id)}",
        "lifecycle_stage": _stage(one.deleted_at),
    }
    return found if one.ended_at is None else found | {"end_time": millis(one.ended_at)}


def run(one: TrackedRun) -> dict[str, Any]:
    """Return a run as a client reads it."""
    return {
        "info": run_info(one),
        "data": {
            "metrics": [metric(value) for value in one.metrics],
            "params": _pairs(one.parameters),
            "tags": _pairs(one.tags),
        },
        "inputs": {
            "dataset_inputs": [_dataset(data) for data in one.inputs],
            "model_inputs": [{"model_id": model} for model in one.models_in],
        },
        "outputs": {"model_outputs": [{"model_id": model, "step": step} for model, step in one.models_out]},
    }


def logged_model(one: LoggedModel) -> dict[str, Any]:
    """Return a logged model as a client reads it."""
    place = artifact_places.of_logged_model(one.experiment, one.id)
    info = {
        "model_id": one.id,
        "experiment_id": one.experiment,
        "name": one.name,
        "creation_timestamp_ms": millis(one.created_at),
        "last_updated_timestamp_ms": millis(one.changed_at),
        "artifact_uri": f"{artifact_places.SCHEME}:/{place}",
        "status": _MODEL_STATUSES.get(one.status, "LOGGED_MODEL_PENDING"),
        "model_type": one.model_type,
        "source_run_id": one.run_id,
        "tags": _pairs(one.tags),
    }
    measured = [metric(value) | {"model_id": one.id, "run_id": value.run_id or ""} for value in one.metrics]
    return {"info": info, "data": {"params": _pairs(one.parameters), "metrics": measured}}


def model_status(given: str | int) -> str:
    """Return the status of a logged model that a client names or numbers."""
    numbered = {str(number): status for number, status in enumerate(limits.MODEL_STATUSES, 1)}
    named = {shown: status for status, shown in _MODEL_STATUSES.items()}
    found = (numbered | named).get(str(given))
    if found is None:
        raise invalid("status", given)
    return found


def run_status(given: str | int) -> str:
    """Return the status of a run that a client names or numbers."""
    numbered = {str(number): status for number, status in enumerate(limits.RUN_STATUSES, 1)}
    return numbered.get(str(given), str(given))


def metric(one: Measured) -> dict[str, Any]:
    """Return a measurement as a client reads it; JSON has no word for what is no number."""
    found = {"key": one.name, "value": _number(one.value), "timestamp": millis(one.at), "step": one.step}
    if one.dataset is not None:
        found |= {"dataset_name": one.dataset, "dataset_digest": one.dataset_digest or ""}
    return found


def _number(value: float) -> float | str:
    if math.isfinite(value):
        return value
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _dataset(one: Input) -> dict[str, Any]:
    given = {"schema": one.schema, "profile": one.profile}
    dataset = {"name": one.name, "digest": one.digest, "source_type": one.kind, "source": one.source}
    return {
        "tags": _pairs(one.tags),
        "dataset": dataset | {name: value for name, value in given.items() if value},
    }


def _pairs(given: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in given.items()]


def _stage(deleted_at: datetime | None) -> str:
    return "active" if deleted_at is None else "deleted"


def experiment_numbers(given: Iterable[str]) -> list[int]:
    """Return the numbers of experiments, or raise where one is none."""
    found, given = [], list(given)
    if len(given) > _MOST_EXPERIMENTS:
        raise invalid("experiment_ids", len(given), f"at most {_MOST_EXPERIMENTS:,} can be given")
    for one in given:
        if not (one.isascii() and one.isdigit() and len(one) <= 18):
            raise invalid("experiment_ids", one, "an experiment's id is a number")
        found.append(int(one))
    return found
