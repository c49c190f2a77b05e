"""How does a file arrive of which nobody has said what it is, and what is left when it does not?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
import sqlalchemy as sa

from holotype.artifacts import bucket, tables
from holotype.artifacts.store import BlobStore
from holotype.db import Tx
from holotype.domain import digest
from holotype.domain.entities import Actor, Right, Upload
from holotype.domain.permissions import Permission
from holotype.errors import Denied, Expired, NotFound, SizeMismatch, StorageFull, TooLarge, Unavailable
from holotype.operations import arriving
from holotype.operations import put_stream as streaming
from holotype.operations.call import Call
from holotype.operations.missing_blobs import missing_blobs
from holotype.operations.put_stream import Then, put_stream
from holotype.operations.sweep import sweep
from tests.support.bytes import chunks, listed, noise, read, under_way
from tests.support.fixtures import Backend
from tests.support.registry import Desk, open_desk

MIB = 2**20
SIZES = (0, 1, MIB, MIB + 1, 9 * MIB, 20 * MIB + 1)
LARGE = noise(9 * MIB)


@pytest.fixture
def desk(backend: Backend) -> Iterator[Desk]:
    """A registry whose grace period is over at once."""
    with open_desk(backend.database_url, backend.store_url, grace_period=0) as opened:
        yield opened


def put(desk: Desk, content: bytes, *, size: int | None = None, limit: int | None = None) -> tuple[str, int]:
    """Send bytes without a word of what they are."""
    return asyncio.run(put_stream(desk.call(), "default", chunks(content), size=size, limit=limit))


def nothing_is_left(desk: Desk) -> None:
    """Neither bytes, nor a row that would keep the sweep off something."""
    assert under_way(desk.registry.store) == set()
    assert desk.rows(sa.select(tables.uploads.c.id)) == []


@pytest.mark.parametrize("size", SIZES)
def test_what_comes_gets_its_digest_and_is_held(desk: Desk, size: int) -> None:
    """Small or large, whether its size was announced or not; the same again changes nothing."""
    content = noise(size)
    name = digest.of(content)
    assert put(desk, content, size=size) == (name, size)
    assert put(desk, content) == (name, size)
    assert asyncio.run(read(desk.registry.store, name, size)) == content
    assert listed(desk.registry.store) == {name: size}
    assert missing_blobs(desk.call(), "default", [name]) == []
    nothing_is_left(desk)


@pytest.mark.parametrize("size", [1_000, 9 * MIB])
@pytest.mark.parametrize("change", [-1, 1])
def test_a_stream_of_another_length_leaves_nothing(desk: Desk, size: int, change: int) -> None:
    """Truncated or over-long."""
    with pytest.raises(SizeMismatch):
        put(desk, noise(size + change), size=size)
    assert listed(desk.registry.store) == {}
    nothing_is_left(desk)


@pytest.mark.parametrize("size", [1_000, 9 * MIB])
def test_a_stream_that_breaks_leaves_nothing(desk: Desk, size: int) -> None:
    """Also where no size was announced: it raises instead of ending."""

    async def broken() -> AsyncIterator[bytes]:
        async for chunk in chunks(noise(size)):
            yield chunk
        raise SizeMismatch("gone")

    with pytest.raises(SizeMismatch):
        asyncio.run(put_stream(desk.call(), "default", broken()))
    assert listed(desk.registry.store) == {}
    nothing_is_left(desk)


def test_a_sender_that_is_cancelled_leaves_nothing(desk: Desk) -> None:
    """A server that stops gives up what it receives."""

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield noise(300_000)
            await asyncio.sleep(0.001)

    async def give_up() -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                await put_stream(desk.call(), "default", endless())

    asyncio.run(give_up())
    assert listed(desk.registry.store) == {}
    nothing_is_left(desk)


def test_more_than_the_limit_is_refused(desk: Desk) -> None:
    """Announced, before a byte is taken; otherwise as soon as it is too much."""
    for size in (None, 2_001):
        with pytest.raises(TooLarge):
            put(desk, noise(2_001), size=size, limit=2_000)
    assert put(desk, noise(2_000), limit=2_000)[1] == 2_000
    nothing_is_left(desk)


def test_what_cannot_fit_is_refused_at_once(desk: Desk) -> None:
    """A folder knows how much room it has."""
    if desk.registry.store.path(digest.of(b"")) is None:
        return
    with pytest.raises(StorageFull):
        put(desk, b"", size=2**49)


def test_only_who_may_register_may_send(desk: Desk) -> None:
    """In that namespace, be it one model of it; whoever may not even read is told that there is none."""
    desk_call = desk.call()
    reader = Right(frozenset({Permission.MODEL_READ}), "default", None)
    with pytest.raises(Denied):
        asyncio.run(put_stream(_as(desk_call, reader), "default", chunks(b"x")))
    with pytest.raises(NotFound):
        asyncio.run(put_stream(_as(desk_call), "default", chunks(b"x")))
    with pytest.raises(NotFound):
        asyncio.run(put_stream(desk.call(), "nowhere", chunks(b"x")))
    assert listed(desk.registry.store) == {}


def _as(call: Call, *rights: Right) -> Call:
    return Call(call.registry, Actor("bob", 2, rights=rights), now=call.now)


@pytest.mark.parametrize("size", [10, 9 * MIB])
def test_what_the_caller_adds_is_written_with_the_holding_or_not_at_all(desk: Desk, size: int) -> None:
    """One transaction: where the caller's part fails, the namespace does not hold the bytes, and they are swept."""
    content = noise(size)
    seen: list[tuple[int, str, int]] = []

    def refuse(tx: Tx, namespace_id: int, name: str, length: int) -> None:
        raise NotFound("no such run")

    with pytest.raises(NotFound):
        asyncio.run(_put(desk, content, refuse))
    assert missing_blobs(desk.call(), "default", [digest.of(content)]) == [digest.of(content)]
    nothing_is_left(desk)
    desk.seconds = 10**9
    sweep(desk.call())
    assert listed(desk.registry.store) == {}
    asyncio.run(_put(desk, content, lambda _, *found: seen.append(found)))
    assert seen == [(1, digest.of(content), size)]


async def _put(desk: Desk, content: bytes, then: Then) -> tuple[str, int]:
    return await put_stream(desk.call(), "default", chunks(content), then=then)


def test_the_sweep_leaves_alone_what_is_being_received(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before its digest is known, after, and when it is published but not yet written down."""
    store = type(desk.registry.store)
    desk.seconds = int((desk.registry.clock() - desk.call().now).total_seconds()) + 60

    async def swept(call: Call, *_: object) -> None:
        assert call.registry is desk.registry
        report = await asyncio.to_thread(sweep, desk.call())
        assert (report.blobs, report.strays, report.uploads) == (0, 0, 0)

    received, publish = store.receive, store.publish

    async def slow(self: BlobStore, upload_id: str, body: AsyncIterator[bytes], size: int | None) -> tuple[str, int]:
        await swept(desk.call())
        found = await received(self, upload_id, body, size)
        await swept(desk.call())
        return found

    async def published(self: BlobStore, *args: object) -> None:
        await swept(desk.call())
        await publish(self, *args)  # type: ignore[arg-type]
        await swept(desk.call())

    monkeypatch.setattr(store, "receive", slow)
    monkeypatch.setattr(store, "publish", published)
    name, size = put(desk, LARGE)
    assert listed(desk.registry.store) == {name: size}
    assert missing_blobs(desk.call(), "default", [name]) == []


@pytest.mark.parametrize("content", [b"small", LARGE], ids=["small", "large"])
def test_what_is_being_deleted_is_waited_for(desk: Desk, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """The sweep is about to delete the same bytes: the sender is told to try again, and then it works."""
    monkeypatch.setattr(arriving, "_PATIENCE", 0.2)
    name, _ = put(desk, content)
    store, told = type(desk.registry.store), []
    delete = store.delete

    def deleting(self: BlobStore, digest: str) -> None:
        with pytest.raises(Unavailable):
            put(desk, content)
        told.append(digest)
        delete(self, digest)

    monkeypatch.setattr(store, "delete", deleting)
    assert sweep(desk.call()).blobs == 1
    assert told == [name]
    assert missing_blobs(desk.call(), "default", [name]) == [name]
    monkeypatch.undo()
    put(desk, content)
    assert listed(desk.registry.store) == {name: len(content)}


def test_a_stream_that_takes_long_is_given_more_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as bytes come, its row does not expire; one that nobody feeds any more goes with the sweep."""
    monkeypatch.setattr(streaming, "_REFRESH", 0.0)
    times: list[timedelta] = []
    keep = streaming._keep

    def kept(call: Call, upload: Upload, passed: timedelta) -> None:
        times.append(passed)
        keep(call, upload, passed)

    monkeypatch.setattr(streaming, "_keep", kept)
    put(desk, LARGE)
    assert len(times) > 10
    assert times == sorted(times)

    original = streaming._name

    def too_late(*args: object) -> None:
        desk.seconds += 3 * 3600
        sweep(desk.call())
        original(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(streaming, "_name", too_late)
    desk.seconds = int((desk.registry.clock() - desk.call().now).total_seconds()) + 60
    with pytest.raises((Expired, NotFound)):
        put(desk, noise(9 * MIB, 2))
    nothing_is_left(desk)


def test_a_bucket_copies_what_is_too_large_for_one_copy_through_us(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its digest is verified once more on the way."""
    monkeypatch.setattr(bucket, "_COPIED", 10)
    name, size = put(desk, LARGE)
    assert asyncio.run(read(desk.registry.store, name, size)) == LARGE
    nothing_is_left(desk)


def test_what_a_crash_left_is_swept(desk: Desk) -> None:
    """Bytes without a name whose row is gone are strays; with a row they stay until its time is over."""
    store = desk.registry.store
    call = desk.call()
    upload = streaming._announce(call, "default", ("", 0))
    asyncio.run(store.receive(upload.id, chunks(LARGE), None))
    asyncio.run(store.receive("00000000-0000-4000-8000-000000000000", chunks(LARGE), None))
    assert sweep(desk.call()).strays == 1
    assert under_way(store) == {upload.id}
    desk.seconds += 4000
    assert sweep(desk.call()).uploads == 1
    nothing_is_left(desk)
