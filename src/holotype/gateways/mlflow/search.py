"""The endpoints by which an MLflow client searches the registry."""

from __future__ import annotations

from typing import Any

import msgspec

from holotype.domain.permissions import Permission
from holotype.errors import Invalid
from holotype.gateways.base import Request, call_of
from holotype.gateways.mlflow import filters, orders, shapes
from holotype.gateways.mlflow.serving import Message, endpoint, namespace_of
from holotype.gateways.perform import perform
from holotype.operations.call import Call
from holotype.operations.filter_models import filter_models
from holotype.operations.filter_versions import LARGEST_PAGE, filter_versions

_MOST_MODELS, _MOST_VERSIONS = 1_000, 200_000


class SearchRegisteredModels(Message):
    """What a client looks for; ``page_token`` is the ``next_page_token`` of the page before."""

    filter: str = ""
    max_results: int = 100
    order_by: list[str] = msgspec.field(default_factory=list)
    page_token: str = ""


class SearchModelVersions(SearchRegisteredModels):
    """The same for versions, of which a page has as many as there may be, where a client names no number."""

    max_results: int = _MOST_VERSIONS


@endpoint("GET", "registered-models/search", permission=Permission.MODEL_READ)
async def search_registered_models(request: Request, message: SearchRegisteredModels) -> dict[str, Any]:
    """Search registered models by name and tags."""
    return await perform(_models, call_of(request), namespace_of(request), message)


@endpoint("GET", "model-versions/search", permission=Permission.MODEL_READ)
async def search_model_versions(request: Request, message: SearchModelVersions) -> dict[str, Any]:
    """Search model versions by name, run, source, number and tags."""
    return await perform(_versions, call_of(request), namespace_of(request), message)


def _models(call: Call, namespace: str, message: SearchRegisteredModels) -> dict[str, Any]:
    """Read the filter, search and write the page: large ones take long, so all of it is done beside the loop."""
    page = filter_models(
        call,
        namespace,
        filters.parse(message.filter, filters.MODELS),
        orders.parse(message.order_by, orders.MODELS),
        limit=_limit(message.max_results, _MOST_MODELS),
        cursor=message.page_token or None,
    )
    return _page({"registered_models": [shapes.registered_model(one) for one in page.items]}, page.next)


def _versions(call: Call, namespace: str, message: SearchModelVersions) -> dict[str, Any]:
    page = filter_versions(
        call,
        namespace,
        filters.parse(message.filter, filters.VERSIONS),
        orders.parse(message.order_by, orders.VERSIONS),
        limit=min(_limit(message.max_results, _MOST_VERSIONS), LARGEST_PAGE),
        cursor=message.page_token or None,
    )
    return _page({"model_versions": [shapes.model_version(one.found, one.title) for one in page.items]}, page.next)


def _limit(max_results: int, most: int) -> int:
    if not 1 <= max_results <= most:
        raise Invalid(
            f"Invalid value for request parameter max_results. It must be at least 1 and at most {most}, "
            f"but got value {max_results}."
        )
    return max_results


def _page(found: dict[str, Any], token: str | None) -> dict[str, Any]:
    return found | {"next_page_token": token} if token else found


routes = [search_registered_models, search_model_versions]
