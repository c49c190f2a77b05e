"""The endpoints about logged models: what a run made, with an id of its own, before anybody registers it."""

from __future__ import annotations

from typing import Any

import msgspec

from holotype.domain.filters import ATTRIBUTE, METRIC, Order
from holotype.domain.permissions import Permission
from holotype.errors import Invalid
from holotype.gateways.base import Request, call_of
from holotype.gateways.mlflow import filters, tracked
from holotype.gateways.mlflow.errors import invalid
from holotype.gateways.mlflow.serving import Message, endpoint, namespace_of
from holotype.gateways.mlflow.tracked import Pair
from holotype.gateways.perform import perform, perform_quick
from holotype.operations.change_logged_model import delete_logged_model, finalise_logged_model
from holotype.operations.create_logged_model import create_logged_model
from holotype.operations.describe_logged_model import describe_logged_model, untag_logged_model
from holotype.operations.search_runs import search_logged_models
from holotype.operations.show_logged_model import show_logged_model
from holotype.tracking.search import Asked

_MOST, _USUAL, _PAGE = 50_000, 100, 1_000
_MOST_ORDERS, _MOST_DATASETS = 20, 20
_SORTED = {
    "name": "name",
    "model_id": "model_id",
    "model_type": "model_type",
    "status": "status",
    "source_run_id": "source_run_id",
    "creation_time": "creation_timestamp",
    "creation_timestamp": "creation_timestamp",
    "creation_timestamp_ms": "creation_timestamp",
    "last_updated_timestamp": "last_updated_timestamp",
    "last_updated_timestamp_ms": "last_updated_timestamp",
}


class NewLoggedModel(Message):
    """What a new logged model is to be."""

    experiment_id: str
    name: str = ""
    model_type: str = ""
    source_run_id: str = ""
    params: tuple[Pair, ...] = ()
    tags: tuple[Pair, ...] = ()


class Nothing(Message):
    """A message whose logged model is named by the address."""


class Finalised(Message):
    """How a logged model's upload ended."""

    status: str | int


class Tags(Message):
    """Tags for a logged model."""

    tags: tuple[Pair, ...] = ()


class Parameters(Message):
    """Parameters for a logged model."""

    params: tuple[Pair, ...] = ()


class DataSet(msgspec.Struct):
    """A data set that metrics were measured on; without a digest, whichever it has."""

    dataset_name: str = ""
    dataset_digest: str = ""


class SortedBy(msgspec.Struct):
    """What logged models are sorted by."""

    field_name: str
    ascending: bool = True
    dataset_name: str = ""
    dataset_digest: str = ""


class SearchLoggedModels(Message):
    """Which logged models are looked for."""

    experiment_ids: tuple[str, ...]
    filter: str = ""
    datasets: tuple[DataSet, ...] = ()
    max_results: int | None = None
    order_by: tuple[SortedBy, ...] = ()
    page_token: str = ""


@endpoint("POST", "logged-models", permission=Permission.VERSION_REGISTER)
async def create(request: Request, message: NewLoggedModel) -> dict[str, Any]:
    """Create a logged model, to which files are written next."""
    made = await perform(
        create_logged_model,
        call_of(request),
        namespace_of(request),
        message.experiment_id,
        name=message.name,
        model_type=message.model_type,
        run_id=message.source_run_id,
        parameters=tracked.pairs(message.params),
        tags=tracked.pairs(message.tags),
    )
    return {"model": tracked.logged_model(made)}


@endpoint("GET", "logged-models/{model_id:str}", permission=Permission.MODEL_READ)
async def get(request: Request, message: Nothing) -> dict[str, Any]:  # noqa: ARG001 - every endpoint takes both
    """Show a logged model."""
    found = await perform_quick(show_logged_model, call_of(request), namespace_of(request), _named(request))
    return {"model": tracked.logged_model(found)}


@endpoint("PATCH", "logged-models/{model_id:str}", permission=Permission.VERSION_REGISTER)
async def finalise(request: Request, message: Finalised) -> dict[str, Any]:
    """Say that a logged model is ready, or that it failed."""
    status = tracked.model_status(message.status)
    found = await perform(finalise_logged_model, call_of(request), namespace_of(request), _named(request), status)
    return {"model": tracked.logged_model(found)}


@endpoint("DELETE", "logged-models/{model_id:str}", permission=Permission.VERSION_REGISTER)
async def delete(request: Request, message: Nothing) -> None:  # noqa: ARG001
    """Delete a logged model."""
    await perform(delete_logged_model, call_of(request), namespace_of(request), _named(request))


@endpoint("PATCH", "logged-models/{model_id:str}/tags", permission=Permission.VERSION_REGISTER)
async def set_tags(request: Request, message: Tags) -> None:
    """Set tags of a logged model."""
    where, tags = (namespace_of(request), _named(request)), tracked.pairs(message.tags)
    await perform(describe_logged_model, call_of(request), *where, tags=tags)


@endpoint("DELETE", "logged-models/{model_id:str}/tags/{tag_key:path}", permission=Permission.VERSION_REGISTER)
async def delete_tag(request: Request, message: Nothing) -> None:  # noqa: ARG001
    """Remove a tag of a logged model."""
    key = str(request.scope["path_params"]["tag_key"]).removeprefix("/")
    await perform(untag_logged_model, call_of(request), namespace_of(request), _named(request), key)


@endpoint("POST", "logged-models/{model_id:str}/params", permission=Permission.VERSION_REGISTER)
async def add_parameters(request: Request, message: Parameters) -> None:
    """Add parameters to a logged model."""
    where, params = (namespace_of(request), _named(request)), tracked.pairs(message.params)
    await perform(describe_logged_model, call_of(request), *where, parameters=params)


@endpoint("POST", "logged-models/search", permission=Permission.MODEL_READ)
async def search(request: Request, message: SearchLoggedModels) -> dict[str, Any]:
    """Search logged models."""
    namespace = namespace_of(request)
    numbers = tracked.experiment_numbers(message.experiment_ids)
    if any(not one.dataset_name for one in message.datasets):
        raise Invalid("`dataset_name` in the `datasets` clause must be specified.")
    if len(message.datasets) > _MOST_DATASETS:
        raise invalid("datasets", len(message.datasets), f"at most {_MOST_DATASETS} can be given")
    bound = tracked.binding("logged models", namespace, numbers, message.filter, message.order_by, message.datasets)
    asked = Asked(
        clauses=filters.parse(message.filter, filters.LOGGED_MODELS),
        orders=_orders(message.order_by),
        experiments=numbers,
        after=tracked.behind(message.page_token, bound),
        limit=min(tracked.count(message.max_results, otherwise=_USUAL, most=_MOST), _PAGE),
        datasets=[(one.dataset_name, one.dataset_digest) for one in message.datasets],
        of={
            one.field_name.partition(".")[2]: (one.dataset_name, one.dataset_digest)
            for one in message.order_by
            if one.dataset_name
        },
    )
    found = await perform(search_logged_models, call_of(request), namespace, asked)
    return {"models": [tracked.logged_model(one) for one in found.items], **tracked.more(found.next, bound)}


def _orders(given: tuple[SortedBy, ...]) -> tuple[Order, ...]:
    if len(given) > _MOST_ORDERS:
        raise Invalid(f"order_by has at most {_MOST_ORDERS} clauses, not {len(given)}.")
    found = []
    for one in given:
        kind, dot, key = one.field_name.partition(".")
        if dot and kind == "metrics":
            found.append(Order(key, not one.ascending, METRIC))
        elif not dot and one.field_name in _SORTED:
            found.append(Order(_SORTED[one.field_name], not one.ascending, ATTRIBUTE))
        else:
            raise Invalid(f"Invalid order by field name: {one.field_name[:80]}. Attributes and metrics are supported.")
    return tuple(found)


def _named(request: Request) -> str:
    return str(request.scope["path_params"]["model_id"])


routes = [create, get, finalise, delete, set_tags, delete_tag, add_parameters, search]
