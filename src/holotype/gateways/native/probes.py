"""Is the server alive, and can it do its work? For load balancers and people who look."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from holotype.errors import HolotypeError
from holotype.gateways import exchange
from holotype.gateways.base import PUBLIC, Reply, Request, call_of, get
from holotype.gateways.perform import perform
from holotype.operations.check import check
from holotype.wire.base import Response

_SECONDS = 2.0


class Health(Response):
    """``ok``, or what is wrong."""

    status: str


@dataclass(slots=True)
class _Answer:
    """The last answer and when it was found, so that probes cannot keep the database busy."""

    when: float = -_SECONDS
    status: str = ""
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)


_alive = Health("ok")
_answers: dict[int, _Answer] = {}


@get("/healthz", permission=PUBLIC)
async def healthz(request: Request) -> Health:  # noqa: ARG001 - every route takes the request
    """Say that the server process answers."""
    return _alive


@get("/readyz", permission=PUBLIC, also={503: "The database or the object store does not answer."})
async def readyz(request: Request) -> Reply[Health]:
    """Say whether the database and the object store answer; asked anew every two seconds at most."""
    known = _answers.setdefault(id(exchange.of(request.scope).registry), _Answer())
    async with known.asking:  # one at a time: anybody may ask, and a store that hangs must not take every thread
        if time.monotonic() - known.when >= _SECONDS:
            known.status = await _checked(request)
            known.when = time.monotonic()
    return Reply(Health(known.status), status=200 if known.status == "ok" else 503)


async def _checked(request: Request) -> str:
    try:
        await perform(check, call_of(request))
    except HolotypeError as error:
        return error.code
    return "ok"


routes = [healthz, readyz]
