"""The route that compares versions."""

from __future__ import annotations

from holotype.domain import references
from holotype.domain.permissions import Permission
from holotype.gateways.base import Request, call_of, get
from holotype.gateways.perform import perform
from holotype.operations import compare as operations
from holotype.wire import compare as shapes


@get("/api/v1/compare", permission=Permission.MODEL_READ)
async def comparison(
    request: Request,
    reference: list[str],
    all: bool = False,  # noqa: A002  (the name of the query parameter)
) -> shapes.Comparison:
    """Compare 2 to 10 versions with the first of them.

    Only what differs is shown, unless `all` is true.
    """
    named = [references.parse_version(one) for one in reference]
    return shapes.from_domain(await perform(operations.compare, call_of(request), named, everything=all))


routes = [comparison]
