"""How does a page hear of what happened while somebody looks at it? By a stream of server-sent events from the ledger.

    id: 1234                                          the sequence of the entry; a browser that comes back sends it
    event: promotion                                  the noun of its action
    data: {"action":"promotion.approved","subject":"risk/fraud:7"}

One watcher a process looks at the head of the ledger about once a second while anybody listens, so waiting costs the
same however many do. When the head moved, each listener reads what is new with their own rights. An entry that belongs
to a promotion is sent a second time under that noun, whatever its own.

A stream ends when its session does, when its browser goes, and at once when the server stops. What was sent between
two streams is made up for by the id.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from litestar.connection import ASGIConnection

from holotype.access import rules
from holotype.domain.entities import Actor, Event
from holotype.domain.permissions import Permission
from holotype.errors import HolotypeError, Unavailable
from holotype.gateways import exchange
from holotype.gateways.base import encode
from holotype.gateways.perform import perform, perform_quick
from holotype.operations.call import Call, Registry
from holotype.operations.prove import ledger_size
from holotype.operations.read_ledger import Wanted, read_ledger
from holotype.web import sessions

PAUSE, HEARTBEAT = 1.0, 15.0
"""Seconds between two looks at the ledger, and between two signs of life; at each of them the session is asked for."""
MOST, EACH = 1_000, 20
"""How many streams a process holds, and how many of one person: each is a connection."""
_AT_ONCE = 100
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
_WATCHER = Actor("holotype", None, frozenset({Permission.LEDGER_READ}))
_log = logging.getLogger("holotype")
_watchers: dict[int, Watcher] = {}
"""By the database, of those to whom somebody listens."""


class Watcher:
    """What a process knows of the head of the ledger, for as long as anybody listens."""

    def __init__(self, registry: Registry) -> None:
        """Begin with nobody."""
        self._registry = registry
        self._task: asyncio.Task[None] | None = None
        self.listening = 0
        self._of: Counter[int | None] = Counter()
        self.head = 0
        self.moved = asyncio.Event()

    async def join(self, principal: int | None) -> None:
        """Count one listener more, or raise ``Unavailable``; the first one has the watching begin."""
        self.listening += 1
        self._of[principal] += 1
        try:
            if self.listening > MOST or self._of[principal] > EACH:
                raise Unavailable("Too many pages listen at this moment.", hint="Reload the page to see what is new.")
            if self._task is None:
                self.head = await self.look()
        except BaseException:
            self.leave(principal)
            raise
        self._task = self._task or _task(self._watch())

    def leave(self, principal: int | None) -> None:
        """Count one less; after the last one the watching ends."""
        self.listening -= 1
        self._of[principal] -= 1
        if self.listening == 0:
            if _watchers.get(id(self._registry.database)) is self:
                del _watchers[id(self._registry.database)]
            if self._task is not None:
                self._task.cancel()

    async def look(self) -> int:
        """Return the head as it is now."""
        return await perform_quick(ledger_size, Call(self._registry, _WATCHER))

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(PAUSE)
            try:
                head = await self.look()
            except HolotypeError as error:
                _log.warning("the ledger cannot be watched: %s", error)
                continue
            if head != self.head:
                self.head = head
                told, self.moved = self.moved, asyncio.Event()
                told.set()


def watcher_of(registry: Registry) -> Watcher:
    """Return the one watcher of a registry in this process."""
    return _watchers.setdefault(id(registry.database), Watcher(registry))


class Stream:
    """The events for one page: an ASGI application."""

    def __init__(self, connection: ASGIConnection[Any, Any, Any, Any], after: int | None) -> None:
        """Take whose browser it is, and the sequence of the last event that it got."""
        self._connection = connection
        self._known = exchange.of(connection.scope)
        self._after = after

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Send events until nobody listens any more, or raise ``Unavailable`` before the first."""
        principal = (await sessions.actor_of(self._connection)).principal_id
        watcher = watcher_of(self._known.registry)  # nobody else has a turn before it is joined
        await watcher.join(principal)
        begun = watcher.head
        self._known.lasting = True
        ends = [_task(_gone(receive)), _task(_stopping(self._known.stopping))]
        try:
            await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
            if scope["method"] != "HEAD":
                async for piece in self._pieces(watcher, begun, ends):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            watcher.leave(principal)
            for one in ends:
                one.cancel()

    async def _pieces(self, watcher: Watcher, begun: int, ends: list[asyncio.Task[None]]) -> AsyncIterator[bytes]:
        yield b"retry: 2000\n\n"
        last = begun if self._after is None else min(self._after, await watcher.look())
        while True:
            moved = watcher.moved
            head = max(watcher.head, last)
            actor = await sessions.actor_of(self._connection)
            if not rules.may_somewhere(actor, Permission.LEDGER_READ):
                return
            news = [] if head == last else await self._news(actor, last)
            yield b"".join(map(written, news)) or b":\n\n"
            last = max([head, *(event.sequence for event in news)])  # some are newer than the head that was seen
            waiting = _task(moved.wait())
            done, _ = await asyncio.wait({*ends, waiting}, timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            if done & {*ends}:
                return

    async def _news(self, actor: Actor, after: int) -> list[Event]:
        """Return what is new and may be seen, the oldest first; of very much the newest."""
        call = Call(self._known.registry, actor, self._known.request_id)
        found = await perform(read_ledger, call, Wanted(), after=after, limit=_AT_ONCE)
        return list(reversed(found))


def head(call: Call) -> int | None:
    """Return where a page begins to listen; asked before anything else of it is read, so that nothing falls between."""
    return ledger_size(call) if rules.may_somewhere(call.actor, Permission.LEDGER_READ) else None


def written(event: Event) -> bytes:
    """Return an entry as it is sent."""
    data = encode({"action": event.action, "subject": event.subject})
    nouns = dict.fromkeys([event.action.partition(".")[0], *(["promotion"] if "promotion" in event.data else [])])
    return b"".join(b"id: %d\nevent: %s\ndata: %s\n\n" % (event.sequence, noun.encode(), data) for noun in nouns)


async def _gone(receive: Any) -> None:
    """Wait until the browser goes: after the body, which a GET has not, nothing else is to be received."""
    message = await receive()
    while message["type"] == "http.request" and message.get("more_body"):
        message = await receive()
    if message["type"] != "http.disconnect":
        await receive()


async def _stopping(stopping: asyncio.Event | None) -> None:
    await (stopping or asyncio.Event()).wait()


def _task(work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    return asyncio.get_running_loop().create_task(work)
