"""What happens when a bucket does not do what it is asked?"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator

import pytest

from holotype.artifacts import layout
from holotype.artifacts.bucket import BucketStore
from holotype.artifacts.store import open_store
from holotype.errors import Expired, InvalidSetting, Unavailable
from tests.support.bytes import chunks, listed, noise, send, upload_of
from tests.support.s3 import S3, start_s3

MIB = 2**20


@pytest.fixture
def bucket(s3: S3, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of an empty bucket that the environment leads to."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    name = f"bucket-{uuid.uuid4().hex}"
    s3.create_bucket(name)
    yield name
    s3.drop_bucket(name)


def test_a_bucket_that_goes_in_the_middle_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part, a file and a completion under way end in an error of ours, and no blob has its final name."""
    own = start_s3()
    for name, value in own.environment.items():
        monkeypatch.setenv(name, value)
    try:
        store = open_store(own.create_bucket("gone"))
        content = noise(20 * MIB)
        upload = upload_of(content, 10 * MIB)
        for number in range(2):
            asyncio.run(send(store, upload, content, number))

        async def until_it_goes() -> AsyncIterator[bytes]:
            yield content[: 12 * MIB]
            own.server.stop()
            yield content[12 * MIB :]

        with pytest.raises(Unavailable):
            asyncio.run(store.put(upload, until_it_goes()))
        for job in (send(store, upload, content, 1), store.complete(upload), store.open(upload.digest, 1, 0, 1)):
            with pytest.raises(Unavailable):
                asyncio.run(job)
        assert [path.name for path in own.root.rglob("blobs/sha256/*") if not path.name.startswith(".")] == []
    finally:
        own.stop()


def test_a_server_that_is_gone_is_unavailable(monkeypatch: pytest.MonkeyPatch, bucket: str) -> None:
    """Within seconds, not minutes."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    store = open_store(f"s3://{bucket}")
    with pytest.raises(Unavailable):
        store.check()


def test_whoever_publishes_second_finds_it_published(monkeypatch: pytest.MonkeyPatch, bucket: str) -> None:
    """Also where the first was done between our look and our copy; bytes that nobody published are gone."""
    content = noise(3 * MIB)
    store, upload = open_store(f"s3://{bucket}"), upload_of(content)
    asyncio.run(store.receive(upload.id, chunks(content), None))
    asyncio.run(store.publish(upload.id, upload.digest, upload.size))
    sizes, looks = store.size, iter([True])
    monkeypatch.setattr(type(store), "size", lambda _, name: None if next(looks, False) else sizes(name))
    asyncio.run(store.publish(upload.id, upload.digest, upload.size))
    assert listed(store) == {upload.digest: upload.size}
    other = upload_of(noise(10))
    with pytest.raises(Expired):
        asyncio.run(store.publish(other.id, other.digest, other.size))


def test_a_prefix_keeps_stores_apart(bucket: str) -> None:
    """One bucket can hold several registries, and other things."""
    content = noise(10)
    one, two = open_store(f"s3://{bucket}/one"), open_store(f"s3://{bucket}/two")
    upload = upload_of(content, 5)
    asyncio.run(one.put_small(upload, content))
    asyncio.run(send(one, upload, content, 0))
    assert listed(one) == {upload.digest: 10}
    assert listed(two) == {}
    assert list(one.uploads()) == [[upload.id]]
    assert layout.blob(upload.digest).startswith("blobs/sha256/")


@pytest.mark.parametrize(
    ("url", "variables"),
    [
        ("gs://models/registry", {}),
        ("az://models/registry", {"AZURE_STORAGE_ACCOUNT_NAME": "team", "AZURE_STORAGE_ACCOUNT_KEY": "a2V5"}),
    ],
    ids=["google", "azure"],
)
def test_buckets_of_other_makers_open_by_url(
    url: str, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which of them it is stands in the URL; credentials come from the environment."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    store = open_store(url)
    assert isinstance(store, BucketStore)
    assert store.place == url


def test_a_bucket_that_lacks_a_variable_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a library says to those who debug it is not for who starts a server."""
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_NAME", raising=False)
    with pytest.raises(InvalidSetting, match="Account must be specified") as refused:
        open_store("az://models/registry")
    assert "\n" not in str(refused.value)
