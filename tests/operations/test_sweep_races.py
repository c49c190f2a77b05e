"""Can a row ever be left without bytes, whoever sends and registers while the sweep runs?

Each test stops the sweep or a sender at the worst moment by stepping in between two of its steps.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
import sqlalchemy as sa

from holotype.artifacts import tables
from holotype.artifacts.store import BlobStore
from holotype.catalogue.tables import files, versions
from holotype.domain import digest
from holotype.domain.manifest import File
from holotype.domain.references import parse
from holotype.errors import Expired, HolotypeError, MissingContent, Unavailable
from holotype.operations import arriving
from holotype.operations.missing_blobs import missing_blobs
from holotype.operations.put_blob import put_blob
from holotype.operations.register import Content, register
from holotype.operations.sweep import sweep
from tests.support.bytes import chunks, listed
from tests.support.fixtures import Backend
from tests.support.registry import Desk, open_desk

NAME = digest.of(b"bytes")


@pytest.fixture
def desk(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A registry without any grace: whatever is not needed now is swept now."""
    monkeypatch.setattr(arriving, "_PATIENCE", 0.2)
    with open_desk(backend.database_url, backend.store_url, grace_period=0) as opened:
        yield opened


def put(desk: Desk, content: bytes = b"bytes") -> None:
    """Send a file."""
    asyncio.run(put_blob(desk.call(), "default", digest.of(content), len(content), chunks(content)))


def register_it(desk: Desk, content: bytes = b"bytes") -> None:
    """Register a version of the file."""
    register(desk.call(), parse("fraud"), Content([File("a.bin", digest.of(content), len(content))]))


def check(desk: Desk) -> None:
    """Every blob that counts has its bytes, and so has every file of a version."""
    there = listed(desk.registry.store)
    rows = desk.rows(sa.select(tables.blobs.c.digest, tables.blobs.c.size, tables.blobs.c.sweeping_at))
    assert {row["digest"]: row["size"] for row in rows if row["sweeping_at"] is None}.items() <= there.items()
    needed = sa.select(files.c.digest).join(versions, versions.c.id == files.c.version_id)
    assert {row["digest"] for row in desk.rows(needed)} <= there.keys()


def stepping_in(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, step: Callable[[], None]) -> None:
    """Do something once, just before a function is called."""
    original, done = getattr(owner, name), []

    def with_step(*args: object, **kwargs: object) -> object:
        if not done:
            done.append(True)
            step()
        return original(*args, **kwargs)

    monkeypatch.setattr(owner, name, with_step)


def test_sending_what_is_being_deleted_waits(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweep is about to delete the bytes: the sender is told to try again, and then it works."""
    put(desk)

    def send() -> None:
        with pytest.raises(Unavailable):
            put(desk)

    stepping_in(monkeypatch, type(desk.registry.store), "delete", send)
    assert sweep(desk.call()).blobs == 1
    check(desk)
    put(desk)
    register_it(desk)
    check(desk)


def test_bytes_announced_before_the_second_look_stay(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweep has marked a blob; a sender announced it before; the sweep gives it back."""
    put(desk)
    store = desk.registry.store
    original = type(store).put

    async def put_and_sweep(self: BlobStore, *args: object) -> None:
        await asyncio.to_thread(sweep, desk.call())
        await original(self, *args)  # type: ignore[arg-type]
        await asyncio.to_thread(sweep, desk.call())

    monkeypatch.setattr(type(store), "put", put_and_sweep)
    put(desk)
    check(desk)
    assert missing_blobs(desk.call(), "default", [NAME]) == []


@pytest.mark.parametrize("minutes", [30, 90])
def test_a_sweep_between_the_bytes_and_the_row(desk: Desk, monkeypatch: pytest.MonkeyPatch, minutes: int) -> None:
    """The announcement protects bytes without a row; a sender that takes longer than it lasts is refused."""
    desk.seconds += int((desk.registry.clock() - desk.call().now).total_seconds()) + 60

    def swept() -> None:
        desk.seconds += minutes * 60
        sweep(desk.call())

    stepping_in(monkeypatch, arriving, "_record", swept)
    if minutes > 60:
        with pytest.raises(Expired):
            put(desk)
    else:
        put(desk)
    check(desk)
    assert listed(desk.registry.store) == ({} if minutes > 60 else {NAME: 5})


def test_registering_what_is_marked_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A blob that is being swept counts as absent."""
    put(desk)

    def refused() -> None:
        with pytest.raises(MissingContent):
            register_it(desk)
        assert missing_blobs(desk.call(), "default", [NAME]) == [NAME]

    stepping_in(monkeypatch, type(desk.registry.store), "delete", refused)
    sweep(desk.call())
    check(desk)


def test_registering_before_the_mark_keeps_the_bytes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweep found a candidate; a version that needs it was registered before it was marked."""
    put(desk)
    stepping_in(monkeypatch, sweep.__globals__["_Sweep"], "free", lambda: register_it(desk))
    assert sweep(desk.call()).blobs == 0
    check(desk)


@pytest.mark.parametrize("lost", [False, True], ids=["bytes there", "bytes gone"])
def test_a_sweep_that_died_is_settled_by_the_next(desk: Desk, lost: bool) -> None:
    """Killed after the mark, before or after the bytes went: an announced blob comes back only with its bytes."""
    put(desk)
    with desk.registry.database.write() as tx:
        tx.execute(tables.blobs.update().values(sweeping_at=1))
    if lost:
        desk.registry.store.delete(NAME)
    begun = arriving._announce(desk.call(), "default", {NAME: 5})
    assert sweep(desk.call()).blobs == 0
    assert len(desk.rows(sa.select(tables.blobs))) == (0 if lost else 1)
    check(desk)
    arriving._withdraw(desk.call(), begun)
    put(desk)
    check(desk)


def test_many_senders_and_sweeps_at_once(desk: Desk) -> None:
    """Whatever happens when, what was acknowledged as registered has its bytes."""
    stop = threading.Event()
    contents = [bytes([number]) * 10 for number in range(4)]
    registered: set[str] = set()

    def sweeping() -> None:
        while not stop.is_set():
            with suppress(HolotypeError):
                sweep(desk.call())

    def sending(content: bytes) -> None:
        for _ in range(15):
            with suppress(Unavailable, MissingContent):
                put(desk, content)
                register_it(desk, content)
                registered.add(digest.of(content))
                return

    sweeper = threading.Thread(target=sweeping)
    sweeper.start()
    senders = [threading.Thread(target=sending, args=(content,)) for content in contents]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    stop.set()
    sweeper.join()
    sweep(desk.call())
    check(desk)
    assert registered <= listed(desk.registry.store).keys()
