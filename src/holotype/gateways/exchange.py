"""What does the server know about one request while it answers it?"""

from __future__ import annotations

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
    """One request and its answer: the registry it is for, its id in the log, and who asks."""

    registry: Registry
    request_id: str
    actor: Actor = ANONYMOUS
    template: str = ""


def of(scope: Mapping[str, Any]) -> Exchange:
    """Return the exchange of an ASGI scope."""
    return cast("Exchange", scope[KEY])
