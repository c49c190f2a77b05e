"""Does whoever began something long still may? Asked about once a second for as long as bytes come or go.

The guard asks when a request begins. A body may come for hours, or be held back; an export may be read slowly. Whatever
ends somebody's rights meanwhile ends what they began: nothing more is sent to them, and nothing written down for them.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from litestar.connection import ASGIConnection

from holotype.errors import Denied, NotFound
from holotype.gateways import exchange
from holotype.gateways.guard import enforce, record
from holotype.gateways.perform import perform
from holotype.operations.call import Call
from holotype.operations.threads import aside

EACH = 1.0
"""Seconds between two times that a caller is asked for."""
Check = Callable[[Call], object]
"""What raises unless the caller may go on, beyond what the route itself asks for."""


class Standing:
    """Whether one caller may go on."""

    def __init__(self, connection: ASGIConnection[Any, Any, Any, Any], check: Check) -> None:
        """Begin with somebody who was asked for just now."""
        self._connection, self._check = connection, check
        self._asked = time.monotonic()

    async def ask(self) -> None:
        """Raise unless they still may; those who were asked for within the last second are believed."""
        moment = time.monotonic()
        if moment - self._asked < EACH:
            return
        self._asked = moment
        await enforce(self._connection, self._connection.scope["route_handler"])
        known = exchange.of(self._connection.scope)
        try:
            await perform(self._check, Call(known.registry, known.actor, known.request_id))
        except (Denied, NotFound) as error:
            await record(known, error)
            raise


async def sent(pieces: Iterator[bytes], standing: Standing) -> AsyncIterator[bytes]:
    """Give pieces, each made in a thread when the last is gone, for as long as the caller may have them."""
    while (piece := await aside(next, pieces, None)) is not None:
        await standing.ask()
        yield piece
