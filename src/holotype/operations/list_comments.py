"""What did people write to a promotion?"""

from __future__ import annotations

from holotype.domain.entities import Comment
from holotype.governance import comments
from holotype.operations import requests
from holotype.operations.call import Call


def list_comments(call: Call, identifier: int, *, before: int | None = None, limit: int = 50) -> list[Comment]:
    """Return up to ``limit`` comments to a promotion with numbers under ``before``, the newest first."""
    with call.read() as tx:
        request, _ = requests.seen(tx, call, identifier)
        return comments.page(tx, request.id, before=before, limit=limit)
