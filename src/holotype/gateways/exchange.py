"""What does the server know about one request while it answers it?"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from holotype.domain.entities import Actor
from holotype.operations.call import Registry

ANONYMOUS = Actor("anonymous")
"""Somebody who has not said who they are."""

KEY = "holotype"
"""Where the exchange lies in the ASGI scope."""


@dataclass(slots=True)
class Exchange:
    """One request and its answer: the registry it is for, its id in the log, and who asks.

    ``lasting`` says that the answer goes on for as long as somebody listens; it ends when the server is ``stopping``.
    """

    registry: Registry
    request_id: str
    actor: Actor = ANONYMOUS
    template: str = ""
    lasting: bool = False
    stopping: asyncio.Event | None = None


def of(scope: Mapping[str, Any]) -> Exchange:
    """Return the exchange of an ASGI scope."""
    return cast("Exchange", scope[KEY])
