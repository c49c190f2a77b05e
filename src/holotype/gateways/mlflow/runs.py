"""The endpoints about runs: what a training script logs until it registers a version."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from holotype.domain import cursors
from holotype.domain import tracked as limits
from holotype.domain.filters import ATTRIBUTE, METRIC, PARAMETER, TAG
from holotype.domain.permissions import Permission
from holotype.domain.runs import Input, Measured
from holotype.gateways.base import Request, call_of
from holotype.gateways.mlflow import filters, orders, tracked
from holotype.gateways.mlflow.errors import invalid
from holotype.gateways.mlflow.serving import Message, endpoint, namespace_of
from holotype.gateways.mlflow.tracked import OfRun, Pair
from holotype.gateways.perform import perform, perform_quick
from holotype.operations.change_run import change_run
from holotype.operations.create_run import create_run
from holotype.operations.delete_run import delete_run, restore_run
from holotype.operations.log_batch import log_batch
from holotype.operations.log_inputs import log_inputs, log_outputs
from holotype.operations.metric_history import metric_history
from holotype.operations.record_model import record_model
from holotype.operations.search_runs import search_runs
from holotype.operations.show_run import show_run
from holotype.operations.untag_run import untag_run
from holotype.tracking.metrics import Place
from holotype.tracking.search import Asked

_FURTHEST = 2**63
_CONTEXT = "mlflow.data.context"
_MOST, _USUAL, _PAGE = 50_000, 1_000, 5_000
_HISTORY = 25_000
_KINDS = (
    dict.fromkeys(("attribute", "attributes", "attr", "run"), ATTRIBUTE)
    | dict.fromkeys(("tag", "tags"), TAG)
    | dict.fromkeys(("metric", "metrics"), METRIC)
    | dict.fromkeys(("parameter", "parameters", "param", "params"), PARAMETER)
)
_KEYS = orders.Keys(
    "runs",
    {one: one for one in ("start_time", "end_time", "status", "run_id", "run_name", "user_id", "artifact_uri")}
    | {"created": "start_time", "Created": "start_time"}
    | dict.fromkeys(("run name", "Run name", "Run Name"), "run_name"),
    _KINDS,
)


class NewRun(Message):
    """What a new run is to be."""

    experiment_id: str = "0"
    user_id: str = ""
    run_name: str = ""
    start_time: int | None = None
    tags: tuple[Pair, ...] = ()


class ChangedRun(OfRun):
    """How a run goes."""

    status: str | int | None = None
    end_time: int | None = None
    run_name: str | None = None


class Metric(msgspec.Struct):
    """A measurement."""

    key: str
    value: float
    timestamp: int
    step: int = 0
    model_id: str = ""
    dataset_name: str = ""
    dataset_digest: str = ""


class RunMetric(OfRun, kw_only=True):
    """A measurement of a run."""

    key: str
    value: float
    timestamp: int
    step: int = 0
    model_id: str = ""
    dataset_name: str = ""
    dataset_digest: str = ""


class RunPair(OfRun, kw_only=True):
    """A tag or a parameter of a run."""

    key: str
    value: str = ""


class RunKey(OfRun, kw_only=True):
    """The key of a tag of a run."""

    key: str


class Batch(OfRun):
    """Measurements, parameters and tags of a run."""

    metrics: tuple[Metric, ...] = ()
    params: tuple[Pair, ...] = ()
    tags: tuple[Pair, ...] = ()


class RecordedModel(OfRun, kw_only=True):
    """A model that a run logged, described by its MLmodel file as JSON."""

    model_json: str


class Dataset(msgspec.Struct):
    """A data set; source, schema and profile are texts that only the client reads."""

    name: str
    digest: str
    source_type: str = ""
    source: str = ""
    schema: str = ""
    profile: str = ""


class DatasetInput(msgspec.Struct):
    """A data set that went into a run, and what it was used for."""

    dataset: Dataset
    tags: tuple[Pair, ...] = ()


class ModelOfRun(msgspec.Struct):
    """A logged model that a run used or made."""

    model_id: str
    step: int = 0


class Inputs(OfRun):
    """What went into a run."""

    datasets: tuple[DatasetInput, ...] = ()
    models: tuple[ModelOfRun, ...] = ()


class Outputs(OfRun):
    """What came out of a run."""

    models: tuple[ModelOfRun, ...] = ()


class History(OfRun, kw_only=True):
    """Which metric of a run is asked for."""

    metric_key: str
    page_token: str = ""
    max_results: int | None = None


class SearchRuns(Message):
    """Which runs are looked for."""

    experiment_ids: tuple[str, ...] = ()
    filter: str = ""
    run_view_type: str | int = "ACTIVE_ONLY"
    max_results: int | None = None
    order_by: tuple[str, ...] = ()
    page_token: str = ""


@endpoint("POST", "runs/create", permission=Permission.VERSION_REGISTER)
async def create(request: Request, message: NewRun) -> dict[str, Any]:
    """Begin a run."""
    started = limits.moment(message.start_time, "start_time") if message.start_time else None
    words: dict[str, Any] = {"name": message.run_name, "user": message.user_id, "started_at": started}
    where = (namespace_of(request), message.experiment_id or "0")
    made = await perform(create_run, call_of(request), *where, **words, given=tracked.pairs(message.tags))
    return {"run": tracked.run(made)}


@endpoint("GET", "runs/get", permission=Permission.MODEL_READ)
async def get(request: Request, message: OfRun) -> dict[str, Any]:
    """Show a run with everything that it logged."""
    return {"run": tracked.run(await perform_quick(show_run, call_of(request), namespace_of(request), message.run))}


@endpoint("POST", "runs/update", permission=Permission.VERSION_REGISTER)
async def update(request: Request, message: ChangedRun) -> dict[str, Any]:
    """Change a run's status, end and name."""
    ended = None if message.end_time is None else limits.moment(message.end_time, "end_time")
    status = None if message.status is None else tracked.run_status(message.status)
    where = (namespace_of(request), message.run)
    found = await perform(change_run, call_of(request), *where, status=status, ended_at=ended, name=message.run_name)
    return {"run_info": tracked.run_info(found)}


@endpoint("POST", "runs/delete", permission=Permission.VERSION_REGISTER)
async def delete(request: Request, message: OfRun) -> None:
    """Delete a run."""
    await perform(delete_run, call_of(request), namespace_of(request), message.run)


@endpoint("POST", "runs/restore", permission=Permission.VERSION_REGISTER)
async def restore(request: Request, message: OfRun) -> None:
    """Bring back a deleted run."""
    await perform(restore_run, call_of(request), namespace_of(request), message.run)


@endpoint("POST", "runs/log-metric", permission=Permission.VERSION_REGISTER)
async def log_metric(request: Request, message: RunMetric) -> None:
    """Log one measurement."""
    await perform(log_batch, call_of(request), namespace_of(request), message.run, measured=[_measured(message)])


@endpoint("POST", "runs/log-parameter", permission=Permission.VERSION_REGISTER)
async def log_parameter(request: Request, message: RunPair) -> None:
    """Log one parameter."""
    given = [(message.key, message.value)]
    await perform(log_batch, call_of(request), namespace_of(request), message.run, parameters=given)


@endpoint("POST", "runs/set-tag", permission=Permission.VERSION_REGISTER)
async def set_tag(request: Request, message: RunPair) -> None:
    """Set a tag of a run."""
    given = [(message.key, message.value)]
    await perform(log_batch, call_of(request), namespace_of(request), message.run, tags=given)


@endpoint("POST", "runs/delete-tag", permission=Permission.VERSION_REGISTER)
async def delete_tag(request: Request, message: RunKey) -> None:
    """Remove a tag of a run."""
    await perform(untag_run, call_of(request), namespace_of(request), message.run, message.key)


@endpoint("POST", "runs/log-batch", permission=Permission.VERSION_REGISTER)
async def log(request: Request, message: Batch) -> None:
    """Log measurements, parameters and tags, all of them or none."""
    limits.batch(len(message.metrics), len(message.params), len(message.tags))
    await perform(
        log_batch,
        call_of(request),
        namespace_of(request),
        message.run,
        measured=[_measured(one) for one in message.metrics],
        parameters=tracked.pairs(message.params),
        tags=tracked.pairs(message.tags),
    )


@endpoint("POST", "runs/log-model", permission=Permission.VERSION_REGISTER)
async def log_model(request: Request, message: RecordedModel) -> None:
    """Note that a run logged a model, as clients of MLflow 2 say it."""
    await perform(record_model, call_of(request), namespace_of(request), message.run, message.model_json)


@endpoint("POST", "runs/log-inputs", permission=Permission.VERSION_REGISTER)
async def inputs(request: Request, message: Inputs) -> None:
    """Note data sets and logged models that went into a run."""
    await perform(
        log_inputs,
        call_of(request),
        namespace_of(request),
        message.run,
        datasets=[_input(one) for one in message.datasets],
        models=[one.model_id for one in message.models],
    )


@endpoint("POST", "runs/outputs", permission=Permission.VERSION_REGISTER)
async def outputs(request: Request, message: Outputs) -> None:
    """Note logged models that a run made."""
    models = [(one.model_id, one.step) for one in message.models]
    await perform(log_outputs, call_of(request), namespace_of(request), message.run, models)


@endpoint("GET", "metrics/get-history", permission=Permission.MODEL_READ)
async def history(request: Request, message: History) -> dict[str, Any]:
    """List the values that a metric of a run took."""
    namespace, run = namespace_of(request), message.run
    bound = tracked.binding("history", namespace, run, message.metric_key)
    limit = tracked.count(message.max_results, otherwise=_HISTORY, most=_HISTORY)
    after = _place(cursors.read(message.page_token, bound)[0]) if message.page_token else None
    found = await perform(
        metric_history, call_of(request), namespace, run, message.metric_key, after=after, limit=limit
    )
    token = None if found.next is None else json.dumps(found.next)
    return {"metrics": [tracked.metric(one) for one in found.items], **tracked.more(token, bound)}


@endpoint("POST", "runs/search", permission=Permission.MODEL_READ)
async def search(request: Request, message: SearchRuns) -> dict[str, Any]:
    """Search runs."""
    namespace = namespace_of(request)
    numbers = tracked.experiment_numbers(message.experiment_ids)
    query = (numbers, message.filter, message.order_by, message.run_view_type)
    bound = tracked.binding("runs", namespace, *query)
    asked = Asked(
        clauses=filters.parse(message.filter, filters.RUNS),
        orders=orders.parse(message.order_by, _KEYS),
        experiments=numbers,
        deleted=tracked.view(message.run_view_type),
        after=tracked.behind(message.page_token, bound),
        limit=min(tracked.count(message.max_results, otherwise=_USUAL, most=_MOST), _PAGE),
    )
    found = await perform(search_runs, call_of(request), namespace, asked)
    return {"runs": [tracked.run(one) for one in found.items], **tracked.more(found.next, bound)}


def _measured(one: Metric | RunMetric) -> tuple[Measured, str | None]:
    at = limits.moment(one.timestamp, "timestamp")
    where = (one.dataset_name or None, one.dataset_digest or None)
    return Measured(one.key, one.value, one.step, at, *where), one.model_id or None


def _input(one: DatasetInput) -> Input:
    tags = {tag.key: tag.value for tag in one.tags}
    data = one.dataset
    texts = (data.name, data.digest, data.source_type, data.source, data.schema, data.profile)
    return Input(*texts, context=tags.get(_CONTEXT, ""), tags=tags)


def _place(key: cursors.Key) -> Place:
    try:
        at, step, value, is_nan = json.loads(str(key))
        place = int(at), int(step), float(value), int(is_nan)
    except (ValueError, TypeError, OverflowError) as error:
        raise invalid("page_token", key) from error
    if not all(-_FURTHEST <= one < _FURTHEST for one in (*place[:2], place[3])):
        raise invalid("page_token", key)
    return place


routes = [
    create,
    get,
    update,
    delete,
    restore,
    log_metric,
    log_parameter,
    set_tag,
    delete_tag,
    log,
    log_model,
    inputs,
    outputs,
    history,
    search,
]
