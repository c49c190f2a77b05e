"""How does a file arrive in parts of which nobody has said what it is?"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from holotype.artifacts import tables
from holotype.artifacts.parted import Parted
from holotype.artifacts.store import BlobStore, open_store
from holotype.artifacts.uploads import PART_LIMIT
from holotype.domain import digest
from holotype.domain.entities import Actor
from holotype.errors import Conflict, Expired, Invalid, NotFound, SizeMismatch
from holotype.operations import complete_parts as complete_parts_module
from holotype.operations import put_stream
from holotype.operations.abort_parts import abort_parts
from holotype.operations.begin_parts import begin_parts
from holotype.operations.begin_upload import begin_upload
from holotype.operations.call import Call, Registry
from holotype.operations.complete_parts import complete_parts
from holotype.operations.missing_blobs import missing_blobs
from holotype.operations.put_part import put_part
from holotype.operations.send_part import find, send_part
from holotype.operations.show_upload import show_upload
from holotype.operations.sweep import sweep
from tests.support.bytes import chunks, listed, noise, read, under_way
from tests.support.fixtures import Backend
from tests.support.registry import Desk, open_desk

PART = 100_000
CONTENT = noise(3 * PART + 1)
NAME = digest.of(CONTENT)


@pytest.fixture
def desk(backend: Backend) -> Iterator[Desk]:
    """A registry with a grace period of a week."""
    with open_desk(backend.database_url, backend.store_url) as opened:
        yield opened


def begin(desk: Desk, count: int = 4) -> Parted:
    """Begin to send something in parts."""
    return begin_parts(desk.call(), "default", count, "run/model.bin")


def send(desk: Desk, upload: Parted, number: int, content: bytes = CONTENT) -> str:
    """Send one part of some bytes."""
    part = content[number * PART : (number + 1) * PART]
    return asyncio.run(send_part(desk.call(), "default", (upload.id, upload.target), number, len(part), chunks(part)))


def complete(desk: Desk, upload: Parted, marks: dict[int, str] | None = None) -> tuple[str, int]:
    """Put the parts together."""
    return asyncio.run(complete_parts(desk.call(), "default", (upload.id, upload.target), marks))


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::5], ids=str)
def test_parts_in_any_order_make_the_file(desk: Desk, order: tuple[int, ...]) -> None:
    """The last one too may come first; nothing is left beside the file."""
    upload = begin(desk)
    marks = {number: send(desk, upload, number) for number in order}
    assert missing_blobs(desk.call(), "default", [NAME]) == [NAME]
    assert complete(desk, upload, marks) == (NAME, len(CONTENT))
    assert complete(desk, upload, marks) == (NAME, len(CONTENT))
    assert asyncio.run(read(desk.registry.store, NAME, len(CONTENT))) == CONTENT
    assert missing_blobs(desk.call(), "default", [NAME]) == []
    assert under_way(desk.registry.store) == set()


@pytest.mark.parametrize("size", [0, 1, PART])
def test_one_part_may_have_any_size(desk: Desk, size: int) -> None:
    """Also none at all."""
    content = noise(size)
    upload = begin(desk, 1)
    send(desk, upload, 0, content)
    assert complete(desk, upload) == (digest.of(content), size)
    assert asyncio.run(read(desk.registry.store, digest.of(content), size)) == content


def test_parts_can_come_at_once(desk: Desk) -> None:
    """The first decides how large they are, whichever that is."""
    upload = begin(desk)

    async def together() -> None:
        parts = [CONTENT[number * PART :][:PART] for number in range(4)]
        place = (upload.id, upload.target)
        await asyncio.gather(
            *(
                send_part(desk.call(), "default", place, number, len(part), chunks(part, 1_000))
                for number, part in enumerate(parts)
            )
        )

    asyncio.run(together())
    assert complete(desk, upload) == (NAME, len(CONTENT))


def test_completing_many_times_at_once_gives_the_same_answer(desk: Desk) -> None:
    """Whoever comes second finds the parts gone, but the upload done."""
    upload = begin(desk)
    for number in range(4):
        send(desk, upload, number)

    async def together() -> list[tuple[str, int]]:
        place = (upload.id, upload.target)
        return await asyncio.gather(*(complete_parts(desk.call(), "default", place) for _ in range(6)))

    assert set(asyncio.run(together())) == {(NAME, len(CONTENT))}
    assert missing_blobs(desk.call(), "default", [NAME]) == []


def test_whoever_looked_before_another_named_it_completes_it_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one has published it and not yet written that down."""
    upload = begin(desk)
    for number in range(4):
        send(desk, upload, number)
    call, place = desk.call(), (upload.id, upload.target)
    before = find(call, "default", *place)
    head, tail = before.head, before.tail
    digest_, size = asyncio.run(desk.registry.store.gather(head, tail))
    asyncio.run(put_stream.settled(call, upload.id, digest_, size))
    looks = iter([before])
    monkeypatch.setattr(complete_parts_module, "find", lambda *asked: next(looks, None) or find(*asked))
    assert complete(desk, upload) == (NAME, len(CONTENT))


def test_a_part_of_another_size_is_refused(desk: Desk) -> None:
    """Its place would not be known; the last one alone may be shorter, or longer."""
    upload = begin(desk)
    send(desk, upload, 1)
    for length in (PART - 1, PART + 1, 0):
        sending = send_part(desk.call(), "default", (upload.id, upload.target), 0, length, chunks(noise(length)))
        with pytest.raises(SizeMismatch, match="100000 bytes"):
            asyncio.run(sending)
    for number in (-1, 4, 10**9):
        with pytest.raises(NotFound):
            asyncio.run(send_part(desk.call(), "default", (upload.id, upload.target), number, 1, chunks(b"x")))


def test_a_truncated_part_can_be_sent_again(desk: Desk) -> None:
    """The last one too, with fewer bytes than came before it broke."""
    upload = begin(desk)
    place = (upload.id, upload.target)
    for number in (0, 3):
        with pytest.raises(SizeMismatch):
            asyncio.run(send_part(desk.call(), "default", place, number, PART, chunks(noise(PART - 1))))
    with pytest.raises(Conflict, match="4 of 4"):
        complete(desk, upload)
    for number in range(4):
        send(desk, upload, number)
    assert complete(desk, upload) == (NAME, len(CONTENT))


def test_what_was_acknowledged_stays(desk: Desk) -> None:
    """Other bytes for the same part are received and forgotten, and their sender can tell by the mark."""
    upload = begin(desk)
    marks = {number: send(desk, upload, number) for number in range(4)}
    other = send(desk, upload, 0, noise(len(CONTENT), 1))
    assert other != marks[0] == send(desk, upload, 0)
    for wrong in (marks | {0: other}, {0: marks[0]}, marks | {4: ""}):
        with pytest.raises(Invalid):
            complete(desk, upload, wrong)
    assert complete(desk, upload, marks | {1: ""}) == (NAME, len(CONTENT))


def test_an_upload_is_for_one_target(desk: Desk) -> None:
    """And in one namespace; it is none of those whose digest is known."""
    upload = begin(desk)
    send(desk, upload, 0)
    for place in ((upload.id, "run/other.bin"), ("0" * 36, upload.target)):
        with pytest.raises(NotFound):
            asyncio.run(send_part(desk.call(), "default", place, 1, PART, chunks(noise(PART))))
        with pytest.raises(NotFound):
            asyncio.run(complete_parts(desk.call(), "default", place))
        with pytest.raises(NotFound):
            abort_parts(desk.call(), "default", place)
    with pytest.raises(NotFound):
        show_upload(desk.call(), "default", upload.id)
    with pytest.raises(NotFound):
        asyncio.run(put_part(desk.call(), "default", upload.id, 1, PART, chunks(noise(PART))))
    known = begin_upload(desk.call(), "default", NAME, len(CONTENT))
    with pytest.raises(NotFound):
        asyncio.run(complete_parts(desk.call(), "default", (known.id, upload.target)))


@pytest.mark.parametrize("count", [-1, 0, PART_LIMIT + 1])
def test_there_are_1_to_10_000_parts(desk: Desk, count: int) -> None:
    """So that an upload has an end."""
    with pytest.raises(Invalid):
        begin(desk, count)


def test_giving_up_and_expiring_leave_nothing(desk: Desk) -> None:
    """Neither parts nor rows."""
    given_up, expired = begin(desk), begin(desk)
    for upload in (given_up, expired):
        for number in (0, 3):
            send(desk, upload, number)
    abort_parts(desk.call(), "default", (given_up.id, given_up.target))
    assert under_way(desk.registry.store) == {expired.id}
    desk.seconds += desk.registry.settings.upload_lifetime + 1
    with pytest.raises(Expired):
        send(desk, expired, 1)
    assert sweep(desk.call()).uploads == 1
    assert under_way(desk.registry.store) == set()
    assert desk.rows(sa.select(tables.upload_parts)) == []


def test_only_who_may_register_may_send_parts(desk: Desk) -> None:
    """Whoever may not even read is told that there is no such namespace."""
    upload = begin(desk)
    stranger = Call(desk.registry, Actor("bob", 2), now=desk.call().now)
    place = (upload.id, upload.target)
    with pytest.raises(NotFound):
        begin_parts(stranger, "default", 1, "x")
    with pytest.raises(NotFound):
        asyncio.run(send_part(stranger, "default", place, 0, 1, chunks(b"x")))
    with pytest.raises(NotFound):
        asyncio.run(complete_parts(stranger, "default", place))
    with pytest.raises(NotFound):
        abort_parts(stranger, "default", place)


class _Died(BaseException):
    """Stands for the death of a server."""


@pytest.mark.parametrize("step", ["gather", "publish"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_completing_goes_on_after_a_death(
    desk: Desk, backend: Backend, monkeypatch: pytest.MonkeyPatch, step: str, moment: str
) -> None:
    """Another server completes what one had begun, wherever that one died, and the sweep in between spares it."""
    desk.seconds = int((desk.registry.clock() - desk.call().now).total_seconds()) + 60
    upload = begin(desk)
    for number in range(4):
        send(desk, upload, number)
    store = type(desk.registry.store)
    original = getattr(store, step)

    async def dying(self: BlobStore, *args: object) -> None:
        if moment == "after":
            await original(self, *args)
        raise _Died

    monkeypatch.setattr(store, step, dying)
    with pytest.raises(_Died):
        complete(desk, upload)
    monkeypatch.undo()
    for name, value in backend.environment.items():
        monkeypatch.setenv(name, value)
    sweep(desk.call())
    desk.registry = Registry(desk.registry.database, open_store(backend.store_url), desk.registry.settings)
    assert complete(desk, upload) == (NAME, len(CONTENT))
    assert asyncio.run(read(desk.registry.store, NAME, len(CONTENT))) == CONTENT
    assert listed(desk.registry.store) == {NAME: len(CONTENT)}
    assert under_way(desk.registry.store) == set()


def test_another_server_takes_parts_too(desk: Desk, backend: Backend) -> None:
    """What this one has hashed already, that one reads."""
    upload = begin(desk)
    first = desk.registry
    second = Registry(first.database, open_store(backend.store_url), first.settings)
    for number in (1, 0, 3, 2):
        desk.registry = (first, second)[number % 2]
        send(desk, upload, number)
    assert complete(desk, upload) == (NAME, len(CONTENT))
