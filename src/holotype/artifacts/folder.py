"""How are bytes kept in a folder?

Parts go to their offsets in one file, so that completing an upload of any size copies nothing. What is written how,
under which locks: ``holotype.artifacts.landing``.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import time
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from holotype.artifacts import faults, layout, streams
from holotype.artifacts.gathering import gather, publish
from holotype.artifacts.hashing import Hashes
from holotype.artifacts.landing import Incoming, Landing, Part, flock, flush_folder, same_file, verify
from holotype.artifacts.store import Stored
from holotype.domain.entities import Upload
from holotype.errors import Corrupt, Expired, Unavailable

T = TypeVar("T")

_THREADS = 16
_PATIENCE, _PAUSE = 10.0, 0.02
_BATCH = 1_000
_READ = 2**20


class FolderStore:
    """Blobs in a folder; see ``holotype.artifacts.store.BlobStore`` for what each function does."""

    def __init__(self, root: Path) -> None:
        """Use the folder ``root``, which is made where it is new."""
        self.root = root.absolute()
        self.place = str(self.root)
        self._pool = ThreadPoolExecutor(_THREADS, "bytes")
        self._hashes = Hashes(self._pool)
        with faults.translated(self.place):
            for folder in (layout.BLOBS, layout.UPLOADS, layout.INCOMING):
                (self.root / folder).mkdir(parents=True, exist_ok=True)
            marker = self.root / layout.OCI_LAYOUT
            if not marker.exists():
                marker.write_bytes(layout.OCI_LAYOUT_CONTENT)

    def check(self) -> None:
        """Raise ``Unavailable`` unless the folder can be read and written."""
        if not os.access(self.root / layout.BLOBS, os.R_OK | os.W_OK | os.X_OK):
            raise faults.unavailable(self.place, "it is not there, or it cannot be written")

    def room_for(self, size: int) -> bool:
        """Compare with the free space of the disk."""
        with faults.translated(self.place):
            return shutil.disk_usage(self.root).free > size

    async def put(self, upload: Upload, chunks: AsyncIterable[bytes]) -> None:
        """Write to a file of its own, hash on the way, and rename."""
        landing = Landing(self.root, upload)
        try:
            with faults.translated(self.place):
                rest = await streams.pour(chunks, landing.write, self._pool)
                await self._aside(landing.finish, rest)
        finally:
            landing.discard()

    async def put_small(self, upload: Upload, content: bytes) -> None:
        """Write, flush and rename in one go."""
        landing = Landing(self.root, upload)
        try:
            with faults.translated(self.place):
                await self._aside(landing.finish, [content])
        finally:
            landing.discard()

    async def receive(
        self,
        upload_id: str,
        chunks: AsyncIterable[bytes],
        expected: int | None,  # noqa: ARG002 - a file grows as it comes
    ) -> tuple[str, int]:
        """Write to a file of its own and hash on the way."""
        incoming = Incoming(self.root, upload_id)
        try:
            with faults.translated(self.place):
                rest = await streams.pour(chunks, incoming.write, self._pool)
                await self._aside(incoming.write, rest)
        except BaseException:
            incoming.discard()
            raise
        incoming.close()
        return incoming.digest, incoming.size

    async def publish(self, upload_id: str, digest: str, size: int) -> None:
        """Flush and rename."""
        with faults.translated(self.place):
            await self._aside(publish, self.root, upload_id, digest, size)

    async def gather(self, upload: Upload, tail: int) -> tuple[str, int]:
        """Append the tail, hash the rest, and rename, while nobody else may write."""
        with faults.translated(self.place):
            return await self._patiently(gather, self.root, self._hashes, upload, tail)

    @asynccontextmanager
    async def receiving(self, upload: Upload, number: int, *, tail: int | None = None) -> AsyncIterator[Part]:
        """Hold the part's lock; hash on once it was acknowledged."""
        part = Part(self.root, self._pool, upload, number, tail)
        try:
            with faults.translated(self.place):
                await self._aside(part.open)
            yield part
        finally:
            part.close()
        if part.written and tail is None:
            self._hashes.advance(upload.id, self.root / layout.data(upload.id), part.start, part.end)

    async def complete(self, upload: Upload) -> None:
        """Hash the rest, flush, and rename, while nobody else may write."""
        with faults.translated(self.place):
            await self._patiently(self._complete, upload)

    def drop(self, upload_id: str) -> None:
        """Remove the upload's folder and file."""
        self._hashes.forget(upload_id)
        with faults.translated(self.place), suppress(FileNotFoundError):
            (self.root / layout.incoming(upload_id)).unlink()
        shutil.rmtree(self.root / layout.upload(upload_id), ignore_errors=True)  # the sweep finds what stays

    def size(self, digest: str) -> int | None:
        """Ask the file system."""
        with faults.translated(self.place):
            try:
                return self.path(digest).stat().st_size
            except FileNotFoundError:
                return None

    def path(self, digest: str) -> Path:
        """Return the blob's file."""
        return self.root / layout.blob(digest)

    async def open(self, digest: str, size: int, start: int, stop: int) -> AsyncIterator[bytes]:
        """Read a MiB at a time, in threads, one ahead."""
        with faults.translated(self.place):
            held = await self._aside(self.size, digest)
        if held != size:
            raise Corrupt(f"The blob {digest} has {held if held is not None else 'no'} bytes in the store, not {size}.")
        return self._read(self.path(digest), start, stop)

    def read(self, digest: str, start: int, stop: int) -> bytes:
        """Read in the calling thread."""
        with faults.translated(self.place):
            try:
                source = os.open(self.path(digest), os.O_RDONLY)
            except FileNotFoundError:
                raise Corrupt(f"The blob {digest} is not in the store.") from None
            try:
                found = os.pread(source, stop - start, start)
            finally:
                os.close(source)
        if len(found) != stop - start:
            raise Corrupt(f"The blob {digest} ends before byte {stop}.")
        return found

    def delete(self, digest: str) -> None:
        """Remove the blob's file."""
        with faults.translated(self.place):
            self.path(digest).unlink(missing_ok=True)

    def blobs(self) -> Iterator[list[Stored]]:
        """List ``blobs/sha256`` as it is on the disk."""
        with faults.translated(self.place), os.scandir(self.root / layout.BLOBS) as entries:
            while batch := list(islice(entries, _BATCH)):
                yield [stored for entry in batch if (stored := _stored(entry))]

    def uploads(self) -> Iterator[list[str]]:
        """List the names below ``uploads`` and ``incoming``."""
        for folder in (layout.UPLOADS, layout.INCOMING):
            with faults.translated(self.place), os.scandir(self.root / folder) as entries:
                while batch := list(islice(entries, _BATCH)):
                    yield [entry.name for entry in batch]

    async def _aside(self, function: Callable[..., T], *args: Any) -> T:
        job = self._pool.submit(function, *args)
        try:
            return await asyncio.wrap_future(job)
        finally:
            await streams.settled(job)

    async def _patiently(self, function: Callable[..., T | None], *args: Any) -> T:
        """Try again for a while as long as the answer is nothing."""
        end = time.monotonic() + _PATIENCE
        while not (answer := await self._aside(function, *args)):
            if time.monotonic() > end:
                raise Unavailable("Somebody still sends a part of this upload.", hint="Complete it again later.")
            await asyncio.sleep(_PAUSE)
        return answer

    def _complete(self, upload: Upload) -> bool:
        """Publish, or return false while a writer still holds the file."""
        data, target = self.root / layout.data(upload.id), self.path(upload.digest)
        mark = self.root / layout.verified(upload.id)
        try:
            handle = os.open(data, os.O_RDWR)
        except FileNotFoundError:
            if mark.exists() and target.exists():  # a server died between the rename and the row
                return True
            raise Expired("The bytes of this upload are gone.", hint="Push again.") from None
        try:
            if not flock(handle, fcntl.LOCK_EX) or not same_file(handle, data):
                return False
            verify(self._hashes.finish(upload.id, data, upload.size), upload.digest)
            os.fsync(handle)
            mark.touch()
            data.replace(target)
            flush_folder(target.parent)
        finally:
            os.close(handle)
        self._hashes.forget(upload.id)
        return True

    async def _read(self, path: Path, start: int, stop: int) -> AsyncIterator[bytes]:
        source = os.open(path, os.O_RDONLY)
        job = None
        try:
            job = self._pool.submit(os.pread, source, min(_READ, stop - start), start)
            while start < stop:
                chunk = await asyncio.wrap_future(job)
                if not chunk:
                    raise Corrupt(f"{path.name} is shorter than it was.")
                start += len(chunk)
                job = self._pool.submit(os.pread, source, min(_READ, stop - start), start)
                yield chunk
        finally:
            await streams.settled(job)
            os.close(source)


def _stored(entry: os.DirEntry[str]) -> Stored | None:
    """Return what lies under a name, if it is a blob: a link or a folder is none of ours, wherever it leads."""
    digest = layout.digest_of(entry.name)
    if digest is None or not entry.is_file(follow_symlinks=False):
        return None
    try:
        found = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    return Stored(digest, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))
