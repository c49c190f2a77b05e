"""Which versions match a query?"""

from __future__ import annotations

from holotype.catalogue import versions
from holotype.catalogue.search.versions import find_versions
from holotype.domain.entities import Version
from holotype.operations.call import Call
from holotype.operations.searching import Found, search


def search_versions(
    call: Call, query: str = "", *, sort: str | None = None, limit: int = 50, cursor: str | None = None
) -> Found[Version]:
    """Return a page of the versions that match and that the caller may see, the newest first unless sorted."""
    return search(call, "versions", (query, sort, limit, cursor), find_versions, versions.by_ids)
