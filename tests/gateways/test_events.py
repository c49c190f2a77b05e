"""Does a page hear of what happened, of what its visitor may see alone, and for as long as it may listen?"""

from __future__ import annotations

import asyncio
import http.client
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from holotype.domain.entities import Actor, Event
from holotype.domain.references import parse
from holotype.gateways.front import Front
from holotype.operations.change_model import change_model
from holotype.operations.create_namespace import create_namespace
from holotype.operations.promote import promote
from holotype.operations.revoke_token import revoke_token
from holotype.operations.show_promotion import show_promotion
from holotype.web import streaming
from tests.support.asgi import Visitor, front_of
from tests.support.governance import MOVES, STAGES, TWO, apply
from tests.support.people import member, owner, signed_in
from tests.support.registry import Desk, open_desk
from tests.support.server import serving


@dataclass(slots=True)
class Listener:
    """A browser that listens: what it got, and whether the stream ended."""

    app: Front
    secret: str
    sent: list[dict[str, Any]] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self, after: int | None = None, **headers: str) -> None:
        """Ask for the stream, and take it in until it ends."""
        scope = Visitor(self.app).scope("GET", "/events")
        given = {"cookie": f"holotype_session={self.secret}"} | {
            key.replace("_", "-"): one for key, one in headers.items()
        }
        scope["headers"] += [(name.encode(), value.encode()) for name, value in given.items()]
        scope["query_string"] = b"" if after is None else b"after=%d" % after

        async def send(message: Any) -> None:
            self.sent.append(message)

        await self.app(scope, self._receive, send)

    async def _receive(self) -> dict[str, Any]:
        if self.left.is_set() or len(self.sent) > 0:
            await self.left.wait()
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": b"", "more_body": False}

    @property
    def status(self) -> int:
        """The status of the answer."""
        return int(self.sent[0]["status"])

    @property
    def events(self) -> list[tuple[int, str, str]]:
        """What came: id, name and action of each event."""
        text = b"".join(one.get("body", b"") for one in self.sent).decode()
        found = []
        for block in text.split("\n\n"):
            lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
            if "event" in lines:
                found.append((int(lines["id"]), lines["event"], json.loads(lines["data"])["action"]))
        return found


@pytest.fixture
def desk(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A registry on each database, looked at often."""
    monkeypatch.setattr(streaming, "PAUSE", 0.02)
    monkeypatch.setattr(streaming, "HEARTBEAT", 0.1)
    with open_desk(database_url, tmp_path / "blobs") as opened:
        yield opened


@pytest.fixture
def boss(desk: Desk) -> str:
    """The owner's secret, in a registry with two namespaces, each with a model."""
    for space in ("risk", "other"):
        create_namespace(desk.call(), space)
        desk.held(b"weights", namespace=space)
    secret = owner(desk)
    desk.register("risk/fraud")
    desk.register("other/churn", b"weights")
    return secret


def change(desk: Desk, model: str, word: str) -> None:
    """Let something happen to a model."""
    change_model(desk.call(), parse(model), description=word)


async def until(true: Callable[[], bool]) -> None:
    """Wait for something, not for ever."""
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


@asynccontextmanager
async def listening(*listeners: Listener, **how: Any) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Have browsers listen until the block ends."""
    tasks = [asyncio.create_task(one.listen(**how)) for one in listeners]
    try:
        await until(lambda: all(len(one.sent) > 1 or task.done() for one, task in zip(listeners, tasks, strict=True)))
        yield tasks
    finally:
        for one in listeners:
            one.left.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 10)


def run(story: Callable[[], Awaitable[None]]) -> None:
    """Run a story in an event loop of its own."""
    asyncio.run(asyncio.wait_for(story(), 30))  # type: ignore[arg-type]


def test_each_hears_what_they_may_see(desk: Desk, boss: str) -> None:
    """Named by its noun, with the sequence as its id; whoever reads one namespace hears nothing of another."""
    app = front_of(desk.registry)
    everything, some = Listener(app, boss), Listener(app, member(desk, boss, "rita", ("reader", "risk")))

    async def story() -> None:
        async with listening(everything, some):
            await asyncio.to_thread(change, desk, "other/churn", "hidden")
            await asyncio.to_thread(change, desk, "risk/fraud", "shown")
            await until(lambda: len(everything.events) == 2 and len(some.events) == 1)

    run(story)
    (first, *_), (second, *_) = everything.events
    assert [one[1:] for one in everything.events] == [("model", "model.changed")] * 2
    assert second == first + 1
    assert some.events == [(second, "model", "model.changed")]
    text = b"".join(one.get("body", b"") for one in some.sent)
    assert b"churn" not in text
    assert b"data: {" in text
    assert b"description" not in text
    assert some.status == 200


def test_what_happens_while_the_news_are_read_is_told_once(
    desk: Desk, boss: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is newer than the head that was seen before, and among what is read."""
    listener, news = Listener(front_of(desk.registry), boss), streaming.Stream._news
    words = iter("bc")

    async def meanwhile(self: streaming.Stream, actor: Actor, after: int) -> list[Event]:
        for word in words:
            await asyncio.to_thread(change, desk, "risk/fraud", word)
        return await news(self, actor, after)

    async def story() -> None:
        async with listening(listener):
            monkeypatch.setattr(streaming.Stream, "_news", meanwhile)
            await asyncio.to_thread(change, desk, "risk/fraud", "a")
            await until(lambda: len(listener.events) >= 3)
            await asyncio.sleep(0.3)

    run(story)
    assert [one[0] for one in listener.events] == sorted({one[0] for one in listener.events})
    assert len(listener.events) == 3


def test_a_browser_that_comes_back_gets_what_it_missed(desk: Desk, boss: str) -> None:
    """By the header that it sends by itself, or by the address; from a place that is not there it begins now."""
    app = front_of(desk.registry)
    for word in ("a", "b", "c"):
        change(desk, "risk/fraud", word)
    with desk.registry.database.read() as tx:
        from holotype.ledger import proofs  # noqa: PLC0415 - to know where the ledger ends

        head = proofs.size(tx)
    by_header, by_address, ahead, strange = (Listener(app, boss) for _ in range(4))

    async def story() -> None:
        async with listening(by_header, last_event_id=str(head - 2)), listening(by_address, after=head - 1):
            await until(lambda: len(by_header.events) == 2 and len(by_address.events) == 1)
        async with listening(ahead, after=head + 1_000), listening(strange, last_event_id="x" * 50):
            await asyncio.to_thread(change, desk, "risk/fraud", "d")
            await until(lambda: len(ahead.events) == 1 and len(strange.events) == 1)

    run(story)
    assert [one[0] for one in by_header.events] == [head - 1, head]
    assert [one[0] for one in ahead.events] == [one[0] for one in strange.events] == [head + 1]


def test_a_move_is_told_as_part_of_its_promotion(desk: Desk, boss: str) -> None:
    """Who looks at a promotion hears that it was carried out."""
    app = front_of(desk.registry)
    page = Listener(app, boss)

    moved = {("version", "version.moved"), ("promotion", "version.moved")}

    async def story() -> None:
        async with listening(page):
            await asyncio.to_thread(lambda: promote(desk.call(), parse("risk/fraud:1"), "staging"))
            await until(lambda: moved <= {one[1:] for one in page.events})

    run(story)


def test_a_session_that_was_revoked_hears_no_more(desk: Desk, boss: str) -> None:
    """The stream ends, before anything else is sent; so it does for who lost every right."""
    app = front_of(desk.registry)
    secret = member(desk, boss, "rita", ("reader", "risk"))
    token = signed_in(desk, secret).actor.token_id or ""
    page = Listener(app, secret)

    async def story() -> None:
        async with listening(page) as tasks:
            await asyncio.to_thread(lambda: revoke_token(signed_in(desk, boss), token))
            await asyncio.to_thread(change, desk, "risk/fraud", "after")
            await asyncio.wait_for(tasks[0], 10)

    run(story)
    assert page.events == []


def test_a_process_holds_so_many_streams_and_no_more(desk: Desk, boss: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes later is told to reload; there is one watcher, which ends with the last of them."""
    monkeypatch.setattr(streaming, "MOST", 2)
    app = front_of(desk.registry)
    first, second, third, later = (Listener(app, boss) for _ in range(4))

    async def story() -> None:
        async with listening(first, second):
            async with listening(third):
                assert third.status == 503
            assert len(streaming._watchers) == 1
            assert streaming.watcher_of(desk.registry).listening == 2
        assert not streaming._watchers
        async with listening(later):
            assert later.status == 200

    run(story)
    assert third.events == []


def test_waiting_costs_the_same_however_many_listen(desk: Desk, boss: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The head of the ledger is looked at by one for all."""
    app = front_of(desk.registry)
    looks: list[int] = []
    look = streaming.Watcher.look

    async def counted(self: streaming.Watcher) -> int:
        looks.append(1)
        return await look(self)

    monkeypatch.setattr(streaming.Watcher, "look", counted)
    monkeypatch.setattr(streaming, "PAUSE", 0.1)
    many = [Listener(app, boss) for _ in range(30)]

    async def story() -> None:
        async with listening(*many):
            before = len(looks)
            await asyncio.sleep(0.55)
            assert 2 <= len(looks) - before <= 6

    run(story)


def test_what_is_new_is_told_to_those_who_wait_for_approvals(desk: Desk, boss: str) -> None:
    """A request is an event of its own noun once, not twice."""
    app = front_of(desk.registry)
    apply(desk, STAGES + MOVES + TWO, namespace="risk")
    promote(desk.call(), parse("risk/fraud:1"), "staging")
    page = Listener(app, boss)

    async def story() -> None:
        async with listening(page):
            asked = await asyncio.to_thread(lambda: promote(desk.call(), parse("risk/fraud:1"), "production"))
            assert show_promotion(desk.call(), asked.id or 0).status == "pending"
            await until(lambda: len(page.events) == 1)

    run(story)
    assert page.events[0][1:] == ("promotion", "promotion.requested")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_server_stops_at_once_while_pages_listen(tmp_path: Path, workers: int) -> None:
    """Streams would go on for ever: they end at once, whole, and the server after them."""
    with serving(tmp_path, workers=workers) as server:
        found = urlsplit(server.url)
        cookie = {"Cookie": f"holotype_session={server.token}"}
        open_ones = []
        for _ in range(8):
            line = http.client.HTTPConnection(found.hostname or "", found.port, timeout=20)
            line.request("GET", "/events", headers=cookie)
            answer = line.getresponse()
            assert answer.status == 200
            assert answer.readline() == b"retry: 2000\n"
            open_ones.append((line, answer))
        with ThreadPoolExecutor() as aside:
            began = time.monotonic()
            stopped = aside.submit(server.stop)
            for line, answer in open_ones:
                answer.read()
                line.close()
            assert time.monotonic() - began < 2
            assert stopped.result() == 0
