"""The endpoints about experiments, under which runs are gathered until they lead to a version."""

from __future__ import annotations

from typing import Any

from holotype.domain.permissions import Permission
from holotype.gateways.base import Request, call_of
from holotype.gateways.mlflow import filters, orders, tracked
from holotype.gateways.mlflow.serving import Message, endpoint, namespace_of
from holotype.gateways.mlflow.tracked import Pair
from holotype.gateways.perform import perform, perform_quick
from holotype.operations.create_experiment import create_experiment
from holotype.operations.delete_experiment import delete_experiment, restore_experiment
from holotype.operations.rename_experiment import rename_experiment
from holotype.operations.search_runs import search_experiments
from holotype.operations.show_experiment import find_experiment, show_experiment
from holotype.operations.tag_experiment import tag_experiment
from holotype.tracking.search import Asked

_MOST, _USUAL, _PAGE = 50_000, 1_000, 1_000
_KEYS = orders.Keys("experiments", {one: one for one in ("name", "experiment_id", "creation_time", "last_update_time")})


class NewExperiment(Message):
    """What a new experiment is to be. Where its files lie is not for the client to say."""

    name: str
    artifact_location: str = ""
    tags: tuple[Pair, ...] = ()


class OfExperiment(Message):
    """A message about one experiment."""

    experiment_id: str


class NamedExperiment(Message):
    """The name of an experiment."""

    experiment_name: str


class ChangedExperiment(OfExperiment):
    """Another name for an experiment."""

    new_name: str


class ExperimentTag(OfExperiment):
    """A tag for an experiment."""

    key: str
    value: str = ""


class ExperimentKey(OfExperiment):
    """The key of a tag of an experiment."""

    key: str


class SearchExperiments(Message):
    """Which experiments are looked for."""

    max_results: int | None = None
    page_token: str = ""
    filter: str = ""
    order_by: tuple[str, ...] = ()
    view_type: str | int = "ACTIVE_ONLY"


@endpoint("POST", "experiments/create", permission=Permission.VERSION_REGISTER)
async def create(request: Request, message: NewExperiment) -> dict[str, Any]:
    """Create an experiment."""
    tags = tracked.pairs(message.tags)
    made = await perform(create_experiment, call_of(request), namespace_of(request), message.name, given=tags)
    return {"experiment_id": made}


@endpoint("GET", "experiments/get", permission=Permission.MODEL_READ)
async def get(request: Request, message: OfExperiment) -> dict[str, Any]:
    """Show an experiment."""
    found = await perform_quick(show_experiment, call_of(request), namespace_of(request), message.experiment_id)
    return {"experiment": tracked.experiment(found)}


@endpoint("GET", "experiments/get-by-name", permission=Permission.MODEL_READ)
async def get_by_name(request: Request, message: NamedExperiment) -> dict[str, Any]:
    """Show the experiment of a name."""
    found = await perform_quick(find_experiment, call_of(request), namespace_of(request), message.experiment_name)
    return {"experiment": tracked.experiment(found)}


@endpoint("POST", "experiments/search", permission=Permission.MODEL_READ)
async def search(request: Request, message: SearchExperiments) -> dict[str, Any]:
    """Search experiments."""
    return await _search(request, message)


@endpoint("GET", "experiments/search", permission=Permission.MODEL_READ)
async def searched(request: Request, message: SearchExperiments) -> dict[str, Any]:
    """Search experiments, asked by a query string."""
    return await _search(request, message)


async def _search(request: Request, message: SearchExperiments) -> dict[str, Any]:
    namespace = namespace_of(request)
    bound = tracked.binding("experiments", namespace, message.filter, message.order_by, message.view_type)
    asked = Asked(
        clauses=filters.parse(message.filter, filters.EXPERIMENTS),
        orders=orders.parse(message.order_by, _KEYS),
        deleted=tracked.view(message.view_type),
        after=tracked.behind(message.page_token, bound),
        limit=min(tracked.count(message.max_results, otherwise=_USUAL, most=_MOST), _PAGE),
    )
    found = await perform(search_experiments, call_of(request), namespace, asked)
    return {"experiments": [tracked.experiment(one) for one in found.items], **tracked.more(found.next, bound)}


@endpoint("POST", "experiments/update", permission=Permission.VERSION_REGISTER)
async def update(request: Request, message: ChangedExperiment) -> None:
    """Rename an experiment."""
    where = (namespace_of(request), message.experiment_id)
    await perform(rename_experiment, call_of(request), *where, message.new_name)


@endpoint("POST", "experiments/delete", permission=Permission.VERSION_REGISTER)
async def delete(request: Request, message: OfExperiment) -> None:
    """Delete an experiment with its runs."""
    await perform(delete_experiment, call_of(request), namespace_of(request), message.experiment_id)


@endpoint("POST", "experiments/restore", permission=Permission.VERSION_REGISTER)
async def restore(request: Request, message: OfExperiment) -> None:
    """Bring back a deleted experiment with its runs."""
    await perform(restore_experiment, call_of(request), namespace_of(request), message.experiment_id)


@endpoint("POST", "experiments/set-experiment-tag", permission=Permission.VERSION_REGISTER)
async def set_tag(request: Request, message: ExperimentTag) -> None:
    """Set a tag of an experiment."""
    where = (namespace_of(request), message.experiment_id)
    await perform(tag_experiment, call_of(request), *where, message.key, message.value)


@endpoint("POST", "experiments/delete-experiment-tag", permission=Permission.VERSION_REGISTER)
async def delete_tag(request: Request, message: ExperimentKey) -> None:
    """Remove a tag of an experiment."""
    await perform(tag_experiment, call_of(request), namespace_of(request), message.experiment_id, message.key, None)


routes = [
    create,
    get,
    get_by_name,
    search,
    searched,
    update,
    delete,
    restore,
    set_tag,
    delete_tag,
]
