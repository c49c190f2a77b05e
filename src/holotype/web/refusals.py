"""What becomes of a refusal that a page shows in its place, beside what it can show? It is on record all the same."""

from __future__ import annotations

from holotype.errors import Denied, HolotypeError, NotFound
from holotype.operations.record_denial import record_denial
from holotype.web.base import Visit


def noted(request: Visit, error: HolotypeError) -> HolotypeError:
    """Write an error to the ledger if it is a refusal, and return it."""
    if isinstance(error, Denied | NotFound) and error.permission:
        record_denial(request.call, error.permission, error.subject)
    return error
