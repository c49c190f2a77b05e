"""What holds for every store, folder or bucket?"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator

import pytest

from holotype.artifacts import streams
from holotype.artifacts.store import BlobStore, open_store
from holotype.domain import digest
from holotype.domain.entities import Upload
from holotype.errors import Corrupt, DigestMismatch, Expired, InvalidSetting, SizeMismatch
from tests.support.bytes import chunks, listed, noise, read, send, under_way, upload_of
from tests.support.fixtures import Store

MIB = 2**20
SIZES = (0, 1, 5 * MIB, 20 * MIB + 1)
OTHER = digest.of(b"other")


@pytest.fixture
def blobs(store: Store) -> BlobStore:
    """An empty store, opened."""
    return open_store(store.url)


@pytest.mark.parametrize("size", SIZES)
def test_what_is_put_can_be_read(blobs: BlobStore, size: int) -> None:
    """Whole and in ranges, and the store lists it once."""
    content = noise(size)
    upload = upload_of(content)
    asyncio.run(blobs.put(upload, chunks(content)))
    asyncio.run(blobs.put(upload, chunks(content)))
    assert asyncio.run(read(blobs, upload.digest, size)) == content
    assert asyncio.run(read(blobs, upload.digest, size, size // 3, size // 2)) == content[size // 3 : size // 2]
    assert listed(blobs) == {upload.digest: size}
    assert blobs.size(upload.digest) == size
    assert under_way(blobs) == set()


@pytest.mark.parametrize("size", [1, 20 * MIB])
def test_a_wrong_digest_publishes_nothing(blobs: BlobStore, size: int) -> None:
    """Whether the bytes come whole or in parts."""
    content = noise(size)
    whole, parts = upload_of(content, name=OTHER), upload_of(content, 6 * MIB, name=OTHER)
    with pytest.raises(DigestMismatch):
        asyncio.run(blobs.put(whole, chunks(content)))
    with pytest.raises(DigestMismatch):
        asyncio.run(_in_parts(blobs, parts, content))
    assert listed(blobs) == {}
    assert blobs.size(OTHER) is None
    blobs.drop(parts.id)
    assert under_way(blobs) == set()


@pytest.mark.parametrize("size", [1000, 20 * MIB])
@pytest.mark.parametrize("change", [-1, 1])
def test_a_stream_of_another_length_publishes_nothing(blobs: BlobStore, size: int, change: int) -> None:
    """A truncated and an over-long body are refused, and nothing of them is left."""
    content = noise(size)
    body = streams.counted(chunks(noise(size + change)), size)
    with pytest.raises(SizeMismatch):
        asyncio.run(blobs.put(upload_of(content), body))
    assert listed(blobs) == {}
    assert under_way(blobs) == set()


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_parts_in_any_order_make_the_blob(blobs: BlobStore, order: tuple[int, ...]) -> None:
    """Each part may come before or after any other."""
    content = noise(5 * MIB + 17)
    upload = upload_of(content, 2 * MIB)
    asyncio.run(_in_parts(blobs, upload, content, order))
    assert asyncio.run(read(blobs, upload.digest, upload.size)) == content
    blobs.drop(upload.id)
    assert under_way(blobs) == set()


def test_parts_can_come_at_once(blobs: BlobStore) -> None:
    """Many connections fill one upload."""
    content = noise(24 * MIB + 1)
    upload = upload_of(content, 2 * MIB)

    async def all_at_once() -> None:
        await asyncio.gather(*(send(blobs, upload, content, number) for number in range(13)))
        await blobs.complete(upload)

    asyncio.run(all_at_once())
    assert asyncio.run(read(blobs, upload.digest, upload.size)) == content


def test_a_truncated_part_can_be_sent_again(blobs: BlobStore) -> None:
    """What arrived of it does not show in the blob."""
    content = noise(3 * MIB)
    upload = upload_of(content, MIB)

    async def broken() -> AsyncIterator[bytes]:
        yield noise(MIB // 2, seed=1)
        raise SizeMismatch

    async def interrupted() -> None:
        async with blobs.receiving(upload, 1) as part:
            await part.write(broken())

    with pytest.raises(SizeMismatch):
        asyncio.run(interrupted())
    asyncio.run(_in_parts(blobs, upload, content))
    assert asyncio.run(read(blobs, upload.digest, upload.size)) == content


def test_completing_needs_the_bytes(blobs: BlobStore) -> None:
    """An upload whose bytes are gone says so, and publishes nothing."""
    content = noise(1000)
    upload = upload_of(content, 100)
    with pytest.raises(Expired):
        asyncio.run(blobs.complete(upload))
    assert listed(blobs) == {}


def test_an_upload_completes_in_another_process(blobs: BlobStore, store: Store) -> None:
    """A server that was restarted knows nothing but what the store holds."""
    content = noise(5 * MIB)
    upload = upload_of(content, MIB)
    for number in range(3):
        asyncio.run(send(blobs, upload, content, number))
    restarted = open_store(store.url)
    for number in range(3, 5):
        asyncio.run(send(restarted, upload, content, number))
    asyncio.run(restarted.complete(upload))
    assert asyncio.run(read(blobs, upload.digest, upload.size)) == content


def test_deleting_and_dropping_twice_is_fine(blobs: BlobStore) -> None:
    """The sweep may die anywhere and begin again."""
    content = noise(10)
    upload = upload_of(content, 10)
    asyncio.run(blobs.put_small(upload, content))
    asyncio.run(send(blobs, upload, content, 0))
    for _ in range(2):
        blobs.delete(upload.digest)
        blobs.drop(upload.id)
    assert listed(blobs) == {}
    assert under_way(blobs) == set()


def test_a_missing_blob_is_told_before_its_first_byte(blobs: BlobStore) -> None:
    """So is one that does not have the size that the catalogue knows."""
    content = noise(100)
    asyncio.run(blobs.put_small(upload_of(content), content))
    with pytest.raises(Corrupt):
        asyncio.run(blobs.open(OTHER, 100, 0, 100))
    with pytest.raises(Corrupt):
        asyncio.run(blobs.open(digest.of(content), 101, 0, 101))


def test_an_unknown_kind_of_store_is_refused() -> None:
    """With a sentence that says which kinds there are."""
    with pytest.raises(InvalidSetting, match="s3://"):
        open_store("ftp://example.org/blobs")


async def _in_parts(store: BlobStore, upload: Upload, content: bytes, order: tuple[int, ...] | None = None) -> None:
    for number in order or range(-(-len(content) // upload.part_size)):
        await send(store, upload, content, number)
    await store.complete(upload)
