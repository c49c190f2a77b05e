"""How are bytes kept in a bucket?

Each part of an upload is an object of its own. Completion streams them through a SHA-256 into the blob with the store's
multipart upload, which publishes nothing before its last step; a wrong digest stops it before that step. Why parts are
not the store's own: docs/decisions/0005-uploads-in-parts.md.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import from_url

from holotype.artifacts import faults, layout
from holotype.artifacts.store import Stored
from holotype.domain.entities import Upload
from holotype.errors import Corrupt, DigestMismatch, Expired, HolotypeError, InvalidSetting

_CHUNK = 8 * 2**20
_AHEAD = 2
_READ = 2**20
_ABORT_SECONDS = 5.0
_BATCH = 1_000
_TIMEOUTS = {"connect_timeout": timedelta(seconds=5), "timeout": timedelta(minutes=15)}
_RETRY: Any = {"max_retries": 3, "retry_timeout": timedelta(seconds=10)}
_FULL = ("no space left", "quota", "storagefull", "insufficientstorage")


class BucketStore:
    """Blobs in a bucket; see ``holotype.artifacts.store.BlobStore`` for what each function does."""

    def __init__(self, url: str) -> None:
        """Use the bucket (and prefix) of ``url``; endpoint and credentials come from the environment."""
        self.place = url
        # Client options replace what obstore would read from the environment, so this one is read here.
        http = any(os.environ.get(f"{p}_ALLOW_HTTP", "").lower() == "true" for p in ("AWS", "GOOGLE", "AZURE"))
        client: Any = {**_TIMEOUTS, "allow_http": http}
        try:
            self._store: Any = from_url(url, client_options=client, retry_config=_RETRY)
        except (BaseError, ValueError) as error:
            reason = str(error).partition("\n")[0]  # what follows is for those who debug the library
            raise InvalidSetting(
                f"The object store {url} cannot be used: {reason}.",
                hint="See docs/howto/production.md for its variables.",
            ) from error

    def check(self) -> None:
        """Ask for one name that need not exist."""
        with self._translated():
            self._head(layout.OCI_LAYOUT)

    def room_for(self, size: int) -> bool:  # noqa: ARG002 - a bucket does not say
        """Assume so: a bucket does not say."""
        return True

    async def put(self, upload: Upload, chunks: AsyncIterable[bytes]) -> None:
        """Stream into the blob; raising before the end publishes nothing."""
        await self._send(layout.blob(upload.digest), _verified(chunks, upload.digest), upload.size)

    async def put_small(self, upload: Upload, content: bytes) -> None:
        """Store the blob in one request."""
        with self._translated():
            await obstore.put_async(self._store, layout.blob(upload.digest), content, use_multipart=False)

    @asynccontextmanager
    async def receiving(self, upload: Upload, number: int) -> AsyncIterator[_Part]:
        """Nothing is locked: what counts is what completion reads."""
        yield _Part(self, upload, number)

    async def complete(self, upload: Upload) -> None:
        """Stream all parts through a SHA-256 into the blob."""
        await self._send(layout.blob(upload.digest), _verified(self._parts(upload), upload.digest), upload.size)

    def drop(self, upload_id: str) -> None:
        """Remove every object of the upload."""
        with self._translated():
            for batch in obstore.list(self._store, layout.upload(upload_id) + "/", chunk_size=_BATCH):
                obstore.delete(self._store, [found["path"] for found in batch])

    def size(self, digest: str) -> int | None:
        """Ask for the blob's head."""
        with self._translated():
            found = self._head(layout.blob(digest))
            return None if found is None else int(found["size"])

    def path(self, digest: str) -> None:
        """Return nothing: a bucket has no files."""

    async def open(self, digest: str, size: int, start: int, stop: int) -> AsyncIterator[bytes]:
        """Ask for the range; the store's answer says how large the whole is."""
        with self._translated():
            try:
                options = {"range": (start, stop)} if start < stop else {}
                result = await obstore.get_async(self._store, layout.blob(digest), options=options)  # type: ignore[arg-type]
            except FileNotFoundError:
                raise Corrupt(f"The blob {digest} is not in the store.") from None
        if result.meta["size"] != size:
            raise Corrupt(f"The blob {digest} has {result.meta['size']} bytes in the store, not {size}.")
        return self._read(result, stop - start)

    def read(self, digest: str, start: int, stop: int) -> bytes:
        """Ask for the range."""
        with self._translated():
            try:
                found = bytes(obstore.get_range(self._store, layout.blob(digest), start=start, end=stop))
            except FileNotFoundError:
                raise Corrupt(f"The blob {digest} is not in the store.") from None
        if len(found) != stop - start:
            raise Corrupt(f"The blob {digest} ends before byte {stop}.")
        return found

    def delete(self, digest: str) -> None:
        """Remove the blob's object."""
        with self._translated():
            try:
                obstore.delete(self._store, layout.blob(digest))
            except FileNotFoundError:
                return

    def blobs(self) -> Iterator[list[Stored]]:
        """List the objects below ``blobs/sha256``."""
        with self._translated():
            for batch in obstore.list(self._store, layout.BLOBS + "/", chunk_size=_BATCH):
                named = ((layout.digest_of(found["path"].rpartition("/")[2]), found) for found in batch)
                yield [Stored(digest, found["size"], found["last_modified"]) for digest, found in named if digest]

    def uploads(self) -> Iterator[list[str]]:
        """List the folders below ``uploads``."""
        with self._translated():
            listing = obstore.list_with_delimiter(self._store, layout.UPLOADS + "/")
            yield [prefix.rstrip("/").rpartition("/")[2] for prefix in listing["common_prefixes"]]

    async def store_object(self, path: str, chunks: AsyncIterator[bytes], size: int) -> None:
        """Stream an object; an error of the source stops it and nothing is published."""
        await self._send(path, chunks, size)

    async def _send(self, path: str, chunks: AsyncIterator[bytes], size: int) -> None:
        with self._translated():
            if size <= _CHUNK:
                content = b"".join([chunk async for chunk in chunks])
                await obstore.put_async(self._store, path, content, use_multipart=False)
                return
            source = _Source(chunks)
            put = obstore.put_async(self._store, path, source, chunk_size=_CHUNK, max_concurrency=_AHEAD)
            await source.watch(asyncio.ensure_future(put))

    async def _parts(self, upload: Upload) -> AsyncIterator[bytes]:
        for number in range(-(-upload.size // upload.part_size)):
            try:
                result = await obstore.get_async(self._store, layout.part(upload.id, number))
            except FileNotFoundError:
                raise Expired("The bytes of this upload are gone.", hint="Push again.") from None
            async for chunk in result.stream(min_chunk_size=_READ):
                yield bytes(chunk)

    async def _read(self, result: obstore.GetResult, length: int) -> AsyncIterator[bytes]:
        with self._translated():
            async for chunk in result.stream(min_chunk_size=_READ):
                part = bytes(chunk)[:length]
                length -= len(part)
                if part:
                    yield part
        if length:
            raise Corrupt("The store sent fewer bytes than it announced.")

    def _head(self, path: str) -> Any:
        try:
            return obstore.head(self._store, path)
        except FileNotFoundError:
            return None

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn a failure of the bucket into ``StorageFull`` or ``Unavailable``."""
        try:
            yield
        except (BaseError, OSError) as error:
            if any(mark in str(error).casefold() for mark in _FULL):
                raise faults.full(self.place) from error
            raise faults.unavailable(self.place, type(error).__name__) from error


class _Part:
    """One part on its way to an object of its own."""

    def __init__(self, store: BucketStore, upload: Upload, number: int) -> None:
        self._store = store
        self._path = layout.part(upload.id, number)
        self._size = min(upload.part_size, upload.size - number * upload.part_size)

    async def write(self, chunks: AsyncIterable[bytes]) -> None:
        """Stream the part into its object."""
        await self._store.store_object(self._path, aiter(chunks), self._size)


class _Source:
    """An async iterator that tells why it stopped: obstore hides what its source raises behind an error of its own."""

    def __init__(self, chunks: AsyncIterable[bytes]) -> None:
        self._chunks = aiter(chunks)
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def __aiter__(self) -> _Source:
        return self

    async def __anext__(self) -> bytes:
        try:
            return await anext(self._chunks)
        except HolotypeError as error:
            if not self._failed.done():
                self._failed.set_exception(error)
            raise

    async def watch(self, put: asyncio.Future[Any]) -> None:
        """Wait for a put; when this source fails, raise its error. A store that is slow to abort is not waited for."""
        try:
            await asyncio.wait({put, self._failed}, return_when=asyncio.FIRST_COMPLETED)
            if self._failed.done():
                await asyncio.wait({put}, timeout=_ABORT_SECONDS)
                put.add_done_callback(_forget)
                self._failed.result()
            await put
        finally:
            self._failed.cancel()


def _forget(put: asyncio.Future[Any]) -> None:
    if not put.cancelled():
        put.exception()


async def _verified(chunks: AsyncIterable[bytes], digest: str) -> AsyncIterator[bytes]:
    """Pass chunks on, and raise instead of ending if they do not have the digest together."""
    sha = hashlib.sha256()
    async for chunk in chunks:
        sha.update(chunk)
        yield chunk
    if (got := f"sha256:{sha.hexdigest()}") != digest:
        raise DigestMismatch(f"The bytes are {got}, not {digest}.", hint="Was the file changed? Push again.")
