"""How do the bytes come of a version that lies in an import source? In the background, file after file.

1. An intake whose turn it is is taken up for a while, and held for as long as somebody works on it; other servers take
   others, and take this one when its time is over: a server that dies loses nothing that was acknowledged.
2. The import source that covers it says where its files are. Where it sends us on, that place has to be covered too.
3. Everything is listed, checked and counted before the first byte is asked for.
4. File after file is copied, counted and hashed on the way. A large one comes in parts, and goes on at the first part
   that is not here.
5. What the source knows of its run is asked for, MLmodel is read, and the version is registered under its number, by
   whoever asked for it, at the moment at which they did. The intake is gone in the same transaction.
   Of a version whose bytes lie in no import source only that is asked for: it is registered as external.
6. Where the source is away it is asked again, each time later. What is tried again as long as something arrives is
   given up when nothing did so many times, or at once where trying again would change nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from holotype.access import rules
from holotype.catalogue import intakes
from holotype.domain import origins
from holotype.domain.entities import Intake
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.egress.sources import covering, tracker_of
from holotype.errors import HolotypeError, Unavailable
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations import copying, registering_intake
from holotype.operations.call import Call
from holotype.operations.copying import LEASE, Held, Lost
from holotype.operations.threads import aside

ATTEMPTS = 8
_BEAT, _LOOK = 4.0, 0.25
_LATER, _LATEST = 5.0, 900.0
_BATCH = 16
_log = logging.getLogger("holotype")


class Stopped(Exception):
    """The server was told to stop."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient a server is: how often it tries, and how long it waits before it does so again."""

    attempts: int = ATTEMPTS
    later: float = _LATER
    latest: float = _LATEST

    def pause(self, attempt: int) -> timedelta:
        """Return how long to wait after an attempt."""
        return timedelta(seconds=min(self.later * 3 ** (attempt - 1), self.latest))


USUAL = Pace()


def is_expected(call: Call) -> bool:
    """Say whether there is an intake whose turn it is."""
    with call.read() as tx:
        return bool(intakes.waiting(tx, call.now, 1))


def copy_in(call: Call, pause: Callable[[], None], pace: Pace = USUAL) -> bool:
    """Go on with one intake, and say whether there was one. ``pause`` may raise ``Stopped``."""
    rules.require(call.actor, Permission.ADMIN_OPERATE)
    with call.read() as tx:
        waiting = intakes.waiting(tx, call.now, _BATCH)
    for intake_id in waiting:
        until = call.now + LEASE
        with call.write() as tx:
            intake = intakes.claim(tx, intake_id, call.now, until)  # 1
        if intake is not None:
            _attempt(call, Held(intake, until), pause, pace)
            return True
    return False


def _attempt(call: Call, held: Held, pause: Callable[[], None], pace: Pace) -> None:
    intake = held.intake
    if intake.attempts > pace.attempts:
        _give_up(call, held, intake.reason or "It was never brought to an end.")
        return
    try:
        asyncio.run(_work(call, held, pause))
    except Stopped:
        _let_go(call, held)
    except Lost:
        _log.info("the intake of %s is somebody else's now", _subject(intake), extra={"task": "import"})
    except Unavailable as error:
        _later(call, held, str(error), pace)  # 6
    except HolotypeError as error:
        _give_up(call, held, str(error))
    except Exception as error:  # noqa: BLE001 - whatever it is, the next intake is worked on
        _log.exception("the intake of %s failed", _subject(intake), extra={"task": "import"})
        _later(call, held, f"An unexpected {type(error).__name__}; the server's log says more.", pace)


async def _work(call: Call, held: Held, pause: Callable[[], None]) -> None:
    """Copy and register, while somebody keeps the intake ours and looks whether the server is to stop."""
    work = asyncio.ensure_future(_bring(call, held))
    beat = asyncio.ensure_future(_beat(call, held, pause))
    try:
        await asyncio.wait({work, beat}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            beat.result()
        await work
    finally:
        work.cancel()
        beat.cancel()


async def _bring(call: Call, held: Held) -> None:
    if _is_outside(call, held.intake):
        await aside(registering_intake.conclude, call, held, [], await copying.told(call, held.intake), external=True)
        return
    place, reader, listed = await copying.listed(call, held.intake)  # 2, 3
    await copying.copy_all(call, held, reader, listed)  # 4
    told = await copying.told(call, held.intake, place)
    await aside(registering_intake.conclude, call, held, listed, told)  # 5


def _is_outside(call: Call, intake: Intake) -> bool:
    """Say whether only what a tracking server knows is to be fetched: the bytes lie in no import source."""
    sources = call.registry.sources
    covered = covering(sources, intake.namespace, origins.read(intake.uri)) is not None
    return not covered and tracker_of(sources, intake.namespace, intake.run_id, intake.logged_model) is not None


async def _beat(call: Call, held: Held, pause: Callable[[], None]) -> None:
    since = 0.0
    while True:
        await asyncio.sleep(_LOOK)
        pause()
        since += _LOOK
        if since >= _BEAT:
            since = 0.0
            await aside(held.stay, call)


def _let_go(call: Call, held: Held) -> None:
    """Give an intake back at once; the attempt does not count."""
    now = call.registry.clock()
    with call.write() as tx:
        intakes.hold(tx, held.intake.id, held.until, now, attempts=held.attempts - 1)


def _later(call: Call, held: Held, reason: str, pace: Pace) -> None:
    if held.attempts >= pace.attempts:
        _give_up(call, held, reason)
        return
    now = call.registry.clock()
    _log.warning("the intake of %s waits: %s", _subject(held.intake), reason, extra={"task": "import"})
    with call.write() as tx:
        intakes.put_off(tx, held.intake.id, held.until, now + pace.pause(held.attempts), reason, now=now)


def _give_up(call: Call, held: Held, reason: str) -> None:
    intake, now = held.intake, call.registry.clock()
    _log.warning("the intake of %s failed: %s", _subject(intake), reason, extra={"task": "import"})
    with call.write() as tx:
        if intakes.fail(tx, intake.id, held.until, reason, now=now):
            told = {"number": intake.number, "source": intake.uri, "reason": reason}
            where = {"namespace_id": intake.namespace_id, "model_id": intake.model_id}
            entry = Entry(Action.INTAKE_FAILED, _subject(intake), told, **where)
            append.append(tx, actor=call.actor, now=now, entries=[entry])


def _subject(intake: Intake) -> str:
    return f"{intake.namespace}/{intake.model}:{intake.number}"
