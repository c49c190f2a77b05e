"""Which models match a query?"""

from __future__ import annotations

from holotype.catalogue import models
from holotype.catalogue.search.models import find_models
from holotype.domain.entities import Model
from holotype.operations.call import Call
from holotype.operations.searching import Found, search


def search_models(
    call: Call, query: str = "", *, sort: str | None = None, limit: int = 50, cursor: str | None = None
) -> Found[Model]:
    """Return a page of the models that match and that the caller may see, by name unless sorted."""
    return search(call, "models", (query, sort, limit, cursor), find_models, models.by_ids)
