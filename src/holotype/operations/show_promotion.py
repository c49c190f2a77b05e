"""What became of a promotion? Verdicts, decisions, and what is still needed."""

from __future__ import annotations

from holotype.domain.entities import Promotion
from holotype.operations import requests
from holotype.operations.call import Call


def show_promotion(call: Call, identifier: int) -> Promotion:
    """Return a promotion by its number."""
    with call.read() as tx:
        found, _ = requests.seen(tx, call, identifier)
        return requests.whole(tx, [found])[0]
