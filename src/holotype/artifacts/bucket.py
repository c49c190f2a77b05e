"""How are bytes kept in a bucket?

Each part of an upload is an object of its own. Completion streams them through a SHA-256 into the blob with the store's
multipart upload, which publishes nothing before its last step; a wrong digest stops it before that step. Why parts are
not the store's own: docs/decisions/0005-uploads-in-parts.md.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterable, AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from typing import Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import from_url

from holotype.artifacts import faults, layout, streams
from holotype.artifacts.store import Stored
from holotype.domain.entities import Upload
from holotype.errors import Corrupt, DigestMismatch, Expired, HolotypeError, InvalidSetting, SizeMismatch

_CHUNK = 8 * 2**20
_CHUNKS = 10_000
"""So many pieces may one object come in."""
_COPIED = 5 * 10**9
"""So many bytes does a bucket copy by itself in one request."""
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

    async def receive(self, upload_id: str, chunks: AsyncIterable[bytes], expected: int | None) -> tuple[str, int]:
        """Stream into an object of its own and hash on the way."""
        taken = _Taken(chunks)
        await self._send(layout.incoming(upload_id), aiter(taken), expected)
        return taken.digest, taken.size

    async def publish(self, upload_id: str, digest: str, size: int) -> None:
        """Have the bucket copy it, unless somebody who does the same was quicker."""
        if await asyncio.to_thread(self.size, digest) != size:
            try:
                await self._name(upload_id, digest, size)
            except Expired:
                if await asyncio.to_thread(self.size, digest) != size:
                    raise
        await asyncio.to_thread(self._forget, layout.incoming(upload_id))

    async def _name(self, upload_id: str, digest: str, size: int) -> None:
        """Copy what was received to its name; what is too large for that goes through us once more."""
        if size <= _COPIED:
            await self._copy(layout.incoming(upload_id), layout.blob(digest))
        else:
            await self._send(layout.blob(digest), _verified(self._objects([layout.incoming(upload_id)]), digest), size)

    async def gather(self, upload: Upload, tail: int) -> tuple[str, int]:
        """Stream all parts into an object of its own and hash on the way."""
        return await self.receive(upload.id, self._parts(upload, 1), upload.size + tail)

    @asynccontextmanager
    async def receiving(self, upload: Upload, number: int, *, tail: int | None = None) -> AsyncIterator[_Part]:
        """Nothing is locked: what counts is what completion reads."""
        size = min(upload.part_size, upload.size - number * upload.part_size) if tail is None else tail
        yield _Part(self, layout.part(upload.id, number), size)

    async def complete(self, upload: Upload) -> None:
        """Stream all parts through a SHA-256 into the blob."""
        await self._send(layout.blob(upload.digest), _verified(self._parts(upload), upload.digest), upload.size)

    def drop(self, upload_id: str) -> None:
        """Remove every object of the upload."""
        with self._translated():
            for batch in obstore.list(self._store, layout.upload(upload_id) + "/", chunk_size=_BATCH):
                obstore.delete(self._store, [found["path"] for found in batch])
        self._forget(layout.incoming(upload_id))

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
        self._forget(layout.blob(digest))

    def blobs(self) -> Iterator[list[Stored]]:
        """List the objects below ``blobs/sha256``."""
        with self._translated():
            for batch in obstore.list(self._store, layout.BLOBS + "/", chunk_size=_BATCH):
                named = ((layout.digest_of(found["path"].rpartition("/")[2]), found) for found in batch)
                yield [Stored(digest, found["size"], found["last_modified"]) for digest, found in named if digest]

    def uploads(self) -> Iterator[list[str]]:
        """List the folders below ``uploads`` and the objects below ``incoming``."""
        with self._translated():
            listing = obstore.list_with_delimiter(self._store, layout.UPLOADS + "/")
            yield [prefix.rstrip("/").rpartition("/")[2] for prefix in listing["common_prefixes"]]
            for batch in obstore.list(self._store, layout.INCOMING + "/", chunk_size=_BATCH):
                yield [found["path"].rpartition("/")[2] for found in batch]

    async def store_object(self, path: str, chunks: AsyncIterator[bytes], size: int) -> None:
        """Stream an object; an error of the source stops it and nothing is published."""
        await self._send(path, chunks, size)

    async def _send(self, path: str, chunks: AsyncIterator[bytes], size: int | None) -> None:
        with self._translated():
            begun, ended = (
                (b"", False) if size is not None and size > _CHUNK else await streams.beginning(chunks, _CHUNK)
            )
            if ended:
                await obstore.put_async(self._store, path, begun, use_multipart=False)
                return
            source = _Source(streams.resumed(begun, chunks))
            piece = max(_CHUNK, -(-(size or 0) // _CHUNKS))
            put = obstore.put_async(self._store, path, source, chunk_size=piece, max_concurrency=_AHEAD)
            await source.watch(asyncio.ensure_future(put))

    async def _copy(self, path: str, target: str) -> None:
        with self._translated():
            try:
                await obstore.copy_async(self._store, path, target)
            except FileNotFoundError:
                raise _gone() from None

    def _forget(self, path: str) -> None:
        with self._translated(), suppress(FileNotFoundError):
            obstore.delete(self._store, path)

    def _parts(self, upload: Upload, more: int = 0) -> AsyncIterator[bytes]:
        count = -(-upload.size // upload.part_size) if upload.size else 0
        return self._objects([layout.part(upload.id, number) for number in range(count + more)])

    async def _objects(self, paths: Sequence[str]) -> AsyncIterator[bytes]:
        for path in paths:
            try:
                result = await obstore.get_async(self._store, path)
            except FileNotFoundError:
                raise _gone() from None
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

    def __init__(self, store: BucketStore, path: str, size: int) -> None:
        self._store = store
        self._path = path
        self._size = size

    async def write(self, chunks: AsyncIterable[bytes]) -> None:
        """Stream the part into its object."""
        await self._store.store_object(self._path, aiter(chunks), self._size)


class _Source:
    """An async iterator that tells why it stopped: obstore hides what its source raises behind an error of its own."""

    def __init__(self, chunks: AsyncIterable[bytes]) -> None:
        self._chunks = aiter(chunks)
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._given_up = False

    def __aiter__(self) -> _Source:
        return self

    async def __anext__(self) -> bytes:
        if self._given_up:
            raise SizeMismatch("Nobody waits for these bytes any more.")
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
                put.add_done_callback(_let_go)
                self._failed.result()
            await put
        finally:
            self._given_up = True
            self._failed.cancel()


class _Taken:
    """Chunks that are counted and hashed as they are passed on."""

    def __init__(self, chunks: AsyncIterable[bytes]) -> None:
        self.size = 0
        self._chunks = chunks
        self._sha = hashlib.sha256()

    @property
    def digest(self) -> str:
        return f"sha256:{self._sha.hexdigest()}"

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._chunks:
            self._sha.update(chunk)
            self.size += len(chunk)
            yield chunk


def _let_go(put: asyncio.Future[Any]) -> None:
    if not put.cancelled():
        put.exception()


def _gone() -> Expired:
    return Expired("The bytes of this upload are gone.", hint="Push again.")


async def _verified(chunks: AsyncIterable[bytes], digest: str) -> AsyncIterator[bytes]:
    """Pass chunks on, and raise instead of ending if they do not have the digest together."""
    sha = hashlib.sha256()
    async for chunk in chunks:
        sha.update(chunk)
        yield chunk
    if (got := f"sha256:{sha.hexdigest()}") != digest:
        raise DigestMismatch(f"The bytes are {got}, not {digest}.", hint="Was the file changed? Push again.")
