"""How do bytes come in, and whose are they then?"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from holotype.artifacts import tables
from holotype.artifacts.uploads import PART_LIMIT, count, part_size_for
from holotype.domain import digest
from holotype.domain.entities import Actor, Right, Upload
from holotype.domain.permissions import Permission
from holotype.errors import (
    Conflict,
    Denied,
    DigestMismatch,
    Expired,
    Invalid,
    InvalidReference,
    NotFound,
    SizeMismatch,
    StorageFull,
    TooLarge,
)
from holotype.operations.abandon_upload import abandon_upload
from holotype.operations.begin_upload import begin_upload
from holotype.operations.call import Call
from holotype.operations.complete_upload import complete_upload
from holotype.operations.create_namespace import create_namespace
from holotype.operations.missing_blobs import missing_blobs
from holotype.operations.put_blob import put_blob
from holotype.operations.put_blobs import put_blobs
from holotype.operations.put_part import put_part
from holotype.operations.show_upload import show_upload
from tests.support.bytes import chunks, listed, noise, under_way
from tests.support.fixtures import Backend
from tests.support.registry import Desk, open_desk

PART = 100_000
CONTENT = noise(3 * PART + 1)
NAME = digest.of(CONTENT)


@pytest.fixture
def desk(backend: Backend) -> Iterator[Desk]:
    """A registry whose uploads have parts of 100,000 bytes."""
    with open_desk(backend.database_url, backend.store_url, part_size=PART) as opened:
        yield opened


def begin(desk: Desk, content: bytes = CONTENT, namespace: str = "default") -> Upload:
    """Begin an upload of some bytes."""
    return begin_upload(desk.call(), namespace, digest.of(content), len(content))


def send(desk: Desk, upload: Upload, number: int, content: bytes = CONTENT) -> None:
    """Send one part of some bytes."""
    part = content[number * PART : (number + 1) * PART]
    asyncio.run(put_part(desk.call(), "default", upload.id, number, len(part), chunks(part)))


def complete(desk: Desk, upload: Upload, namespace: str = "default") -> Upload:
    """Complete an upload."""
    return asyncio.run(complete_upload(desk.call(), namespace, upload.id))


def put(desk: Desk, content: bytes, name: str | None = None, namespace: str = "default") -> None:
    """Send a file whole."""
    asyncio.run(put_blob(desk.call(), namespace, name or digest.of(content), len(content), chunks(content)))


def lacks(desk: Desk, *contents: bytes, namespace: str = "default") -> list[str]:
    """Return which of these bytes a namespace does not hold."""
    return missing_blobs(desk.call(), namespace, [digest.of(content) for content in contents])


def test_a_file_arrives_in_parts(desk: Desk) -> None:
    """It is missing until it was completed, and nothing is left beside it."""
    upload = begin(desk)
    for number in (2, 0, 3, 1):
        assert lacks(desk, CONTENT) == [NAME]
        send(desk, upload, number)
    assert show_upload(desk.call(), "default", upload.id).parts == (0, 1, 2, 3)
    assert complete(desk, upload).digest == NAME
    assert lacks(desk, CONTENT) == []
    assert listed(desk.registry.store) == {NAME: len(CONTENT)}
    assert under_way(desk.registry.store) == set()


def test_completing_again_gives_the_same_answer(desk: Desk) -> None:
    """Also where the blob came by another way meanwhile."""
    upload, other = begin(desk), None
    for number in range(4):
        send(desk, upload, number)
    first = complete(desk, upload)
    assert complete(desk, upload).digest == first.digest
    other = begin(desk)
    assert other.id != upload.id
    assert complete(desk, other).digest == first.digest


def test_completing_many_times_at_once_gives_the_same_answer(desk: Desk) -> None:
    """Whoever comes second finds the parts gone, but the upload done: it is not forgotten."""
    upload = begin(desk)
    for number in range(4):
        send(desk, upload, number)

    async def together() -> list[Upload]:
        return await asyncio.gather(*(complete_upload(desk.call(), "default", upload.id) for _ in range(8)))

    assert {done.digest for done in asyncio.run(together())} == {NAME}
    assert complete(desk, upload).digest == NAME
    assert missing_blobs(desk.call(), "default", [NAME]) == []


def test_an_interrupted_upload_goes_on(desk: Desk) -> None:
    """Beginning again gives the same upload with the parts that are there, and a longer life."""
    first = begin(desk)
    send(desk, first, 1)
    again = begin(desk)
    assert (again.id, again.parts) == (first.id, (1,))
    assert again.expires_at > first.expires_at


def test_a_part_may_be_repeated(desk: Desk) -> None:
    """What was acknowledged stays as it was, whatever is sent later."""
    upload = begin(desk)
    for number in range(4):
        send(desk, upload, number)
    send(desk, upload, 0, noise(len(CONTENT), 1))
    assert complete(desk, upload).digest == NAME


@pytest.mark.parametrize("length", [PART - 1, PART + 1, 0])
def test_a_part_has_exactly_its_size(desk: Desk, length: int) -> None:
    """Announced or sent, fewer or more bytes are refused and do not count."""
    upload = begin(desk)
    body = noise(length)
    for announced in (length, PART):
        with pytest.raises(SizeMismatch):
            asyncio.run(put_part(desk.call(), "default", upload.id, 0, announced, chunks(body)))
    assert show_upload(desk.call(), "default", upload.id).parts == ()


def test_a_part_that_does_not_exist_is_refused(desk: Desk) -> None:
    """Before a byte is read."""
    upload = begin(desk)
    with pytest.raises(NotFound):
        asyncio.run(put_part(desk.call(), "default", upload.id, 4, PART, chunks(noise(PART))))


def test_completing_too_early_is_refused(desk: Desk) -> None:
    """And harms nothing."""
    upload = begin(desk)
    send(desk, upload, 0)
    with pytest.raises(Conflict, match="3 of 4"):
        complete(desk, upload)
    for number in range(1, 4):
        send(desk, upload, number)
    assert complete(desk, upload).digest == NAME


def test_a_wrong_digest_ends_the_upload(desk: Desk) -> None:
    """The next attempt begins with no parts."""
    upload = begin(desk)
    for number in range(4):
        send(desk, upload, number, noise(len(CONTENT), 1))
    with pytest.raises(DigestMismatch):
        complete(desk, upload)
    with pytest.raises(NotFound):
        show_upload(desk.call(), "default", upload.id)
    assert listed(desk.registry.store) == {}
    assert under_way(desk.registry.store) == set()
    assert begin(desk).parts == ()


def test_an_abandoned_upload_is_forgotten(desk: Desk) -> None:
    """With its bytes; abandoning it again is no error."""
    upload = begin(desk)
    send(desk, upload, 0)
    for _ in range(2):
        abandon_upload(desk.call(), "default", upload.id)
    assert under_way(desk.registry.store) == set()
    with pytest.raises(NotFound):
        send(desk, upload, 1)


def test_an_upload_expires(desk: Desk) -> None:
    """After that it takes no parts and cannot be completed."""
    upload = begin(desk)
    send(desk, upload, 0)
    desk.seconds += desk.registry.settings.upload_lifetime + 1
    with pytest.raises(Expired):
        send(desk, upload, 1)
    with pytest.raises(Expired):
        complete(desk, upload)
    assert begin(desk).id != upload.id


def test_an_upload_belongs_to_its_namespace(desk: Desk) -> None:
    """Elsewhere its id means nothing."""
    create_namespace(desk.call(), "other")
    upload = begin(desk)
    for number in range(4):
        send(desk, upload, number)
    with pytest.raises(NotFound):
        complete(desk, upload, "other")
    with pytest.raises(NotFound):
        show_upload(desk.call(), "other", upload.id)
    abandon_upload(desk.call(), "other", upload.id)
    assert complete(desk, upload).digest == NAME


def test_knowing_a_digest_is_not_having_the_bytes(desk: Desk) -> None:
    """A namespace holds what it uploaded itself, also where another one holds the same."""
    create_namespace(desk.call(), "other")
    put(desk, b"secret")
    assert lacks(desk, b"secret") == []
    assert lacks(desk, b"secret", namespace="other") == [digest.of(b"secret")]
    with pytest.raises(DigestMismatch):
        put(desk, b"guess!", digest.of(b"secret"), "other")
    assert lacks(desk, b"secret", namespace="other") == [digest.of(b"secret")]
    put(desk, b"secret", namespace="other")
    assert lacks(desk, b"secret", namespace="other") == []


@pytest.mark.parametrize("content", [b"", b"x", noise(400_000)], ids=len)
def test_a_file_arrives_whole(desk: Desk, content: bytes) -> None:
    """Sending it again changes nothing."""
    for _ in range(2):
        put(desk, content)
    assert lacks(desk, content) == []
    assert listed(desk.registry.store) == {digest.of(content): len(content)}
    assert desk.rows(sa.select(tables.uploads)) == []


def test_a_refused_file_leaves_nothing(desk: Desk) -> None:
    """Neither bytes nor rows."""
    for name, size in ((NAME, 5), (digest.of(b"four"), 5), (digest.of(b"four"), 3)):
        with pytest.raises(Invalid):
            asyncio.run(put_blob(desk.call(), "default", name, size, chunks(b"four")))
    assert listed(desk.registry.store) == {}
    assert desk.rows(sa.select(tables.uploads)) == desk.rows(sa.select(tables.blobs)) == []


def test_thousands_of_small_files_arrive_in_frames(desk: Desk) -> None:
    """Cut anywhere by the connection, in one request."""
    files = [noise(size % 50, size) for size in range(600)] + [noise(300_000)]
    body = b"".join(map(frame, files))
    stored = asyncio.run(put_blobs(desk.call(), "default", len(body), chunks(body, 777)))
    assert stored == {digest.of(content): len(content) for content in files} == listed(desk.registry.store)
    assert lacks(desk, *files) == []


def test_broken_frames_are_refused(desk: Desk) -> None:
    """A wrong digest, a frame that is cut off, a file or a body that is too large."""
    good, bad = frame(b"good"), bytes(32) + frame(b"bad")[32:]
    huge = bytes(32) + (2**20 + 1).to_bytes(4, "big")
    for error, body in ((DigestMismatch, good + bad), (SizeMismatch, good + b"x"), (TooLarge, huge)):
        with pytest.raises(error):
            asyncio.run(put_blobs(desk.call(), "default", len(body), chunks(body)))
    with pytest.raises(TooLarge):
        asyncio.run(put_blobs(desk.call(), "default", 2**30, chunks(b"")))
    assert desk.rows(sa.select(tables.uploads)) == []


def test_impossible_announcements_are_refused(desk: Desk) -> None:
    """What is no digest, no size, or larger than the disk."""
    for name, size, error in (
        ("sha256:short", 1, InvalidReference),
        (NAME, -1, Invalid),
        (NAME, 0, Invalid),
        (NAME, 2**60, TooLarge),
    ):
        with pytest.raises(error):
            begin_upload(desk.call(), "default", name, size)
    with pytest.raises(TooLarge):
        missing_blobs(desk.call(), "default", [NAME] * 10_001)
    with pytest.raises(NotFound):
        begin_upload(desk.call(), "nowhere", NAME, 1)


def test_a_file_larger_than_the_disk_is_refused_before_it_is_sent(desk: Desk, backend: Backend) -> None:
    """Where the store knows its space."""
    if backend.store_url.startswith("s3"):
        assert begin_upload(desk.call(), "default", NAME, 2**50).part_size > PART
        return
    with pytest.raises(StorageFull):
        begin_upload(desk.call(), "default", NAME, 2**50)


def test_rights_on_one_model_are_enough_to_send_bytes(desk: Desk) -> None:
    """In its namespace, and only with the right to register."""
    right = Right(frozenset({Permission.VERSION_REGISTER}), "default", "fraud")
    moment = desk.call().now + timedelta(seconds=1)
    some = Call(desk.registry, Actor("bo", 2, frozenset(), rights=(right,)), now=moment)
    assert missing_blobs(some, "default", [NAME]) == [NAME]
    with pytest.raises(NotFound):
        missing_blobs(some, "other", [NAME])
    reader = desk.call(rights=frozenset({Permission.MODEL_READ}))
    with pytest.raises(Denied):
        begin_upload(reader, "default", NAME, 1)
    with pytest.raises(Denied):
        asyncio.run(put_blob(reader, "default", NAME, 1, chunks(b"x")))


@pytest.mark.parametrize("size", [1, 16 * 2**20, 160 * 2**30, 2**50])
def test_a_file_has_at_most_ten_thousand_parts(size: int) -> None:
    """The parts grow with it, by whole MiB."""
    part_size = part_size_for(size, 16 * 2**20)
    upload = Upload("id", 1, NAME, size, part_size, *([timedelta()] * 2))  # type: ignore[list-item]
    assert 1 <= count(upload) <= PART_LIMIT
    assert part_size % 2**20 == 0


def frame(content: bytes) -> bytes:
    """Return a file as it is sent among others."""
    return hashlib.sha256(content).digest() + len(content).to_bytes(4, "big") + content
