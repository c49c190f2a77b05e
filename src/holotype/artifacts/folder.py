"""How are bytes kept in a folder?

What gets a blob's name was verified and flushed before: write, fsync, rename, fsync of the directory. Parts go to their
offsets in one file, so that completing an upload of any size copies nothing. Three locks (``flock``, so that they hold
between processes and end with them) keep what was verified from being written again:

    a part's lock     one writer a part; a part that was acknowledged is never written again
    data, shared      every writer, while it writes
    data, exclusive   completion, from before the last byte is hashed until the file has its blob's name
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
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
from holotype.artifacts.hashing import Hashes
from holotype.artifacts.store import Stored
from holotype.domain.entities import Upload
from holotype.errors import Corrupt, DigestMismatch, Expired, Unavailable

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
        landing = _Landing(self.root, upload)
        try:
            with faults.translated(self.place):
                rest = await streams.pour(chunks, landing.write, self._pool)
                await self._aside(landing.finish, rest)
        finally:
            landing.discard()

    async def put_small(self, upload: Upload, content: bytes) -> None:
        """Write, flush and rename in one go."""
        landing = _Landing(self.root, upload)
        try:
            with faults.translated(self.place):
                await self._aside(landing.finish, [content])
        finally:
            landing.discard()

    @asynccontextmanager
    async def receiving(self, upload: Upload, number: int) -> AsyncIterator[_Part]:
        """Hold the part's lock; hash on once it was acknowledged."""
        part = _Part(self.root, self._pool, upload, number)
        try:
            with faults.translated(self.place):
                await self._aside(part.open)
            yield part
        finally:
            part.close()
        if part.written:
            self._hashes.advance(upload.id, self.root / layout.data(upload.id), part.start, part.end)

    async def complete(self, upload: Upload) -> None:
        """Hash the rest, flush, and rename, while nobody else may write."""
        end = time.monotonic() + _PATIENCE
        with faults.translated(self.place):
            while not await self._aside(self._complete, upload):
                if time.monotonic() > end:
                    raise Unavailable("Somebody still sends a part of this upload.", hint="Complete it again later.")
                await asyncio.sleep(_PAUSE)

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
            if not _flock(handle, fcntl.LOCK_EX) or not _same_file(handle, data):
                return False
            _verify(self._hashes.finish(upload.id, data, upload.size), upload.digest)
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


class _Landing:
    """A file that comes in one stream: written under the upload's id, renamed when it is right."""

    def __init__(self, root: Path, upload: Upload) -> None:
        self._digest = upload.digest
        self._file = root / layout.incoming(upload.id)
        self._target = root / layout.blob(upload.digest)
        self._sha = hashlib.sha256()
        self._handle = -1

    def write(self, chunks: list[bytes]) -> None:
        """Append and hash."""
        if self._handle < 0:
            self._handle = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        for chunk in chunks:
            write_all(self._handle, chunk)
            self._sha.update(chunk)

    def finish(self, rest: list[bytes]) -> None:
        """Append the rest, verify, flush and publish."""
        self.write(rest)
        _verify(f"sha256:{self._sha.hexdigest()}", self._digest)
        os.fsync(self._handle)
        self._file.replace(self._target)
        flush_folder(self._target.parent)

    def discard(self) -> None:
        """Close, and remove what was not published."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
            with suppress(OSError):
                self._file.unlink(missing_ok=True)


class _Part:
    """One part on its way to its place in the upload's file."""

    def __init__(self, root: Path, pool: ThreadPoolExecutor, upload: Upload, number: int) -> None:
        self.start = number * upload.part_size
        self.end = min(self.start + upload.part_size, upload.size)
        self.written = False
        self._data = root / layout.data(upload.id)
        self._lock_file = root / layout.lock(upload.id, number)
        self._pool = pool
        self._place = str(root)
        self._position = self.start
        self._handle = self._lock = -1

    def open(self) -> None:
        """Take the locks."""
        self._data.parent.mkdir(exist_ok=True)
        self._lock = os.open(self._lock_file, os.O_RDWR | os.O_CREAT, 0o600)
        if not _flock(self._lock, fcntl.LOCK_EX):
            raise Unavailable("This part is on its way already.", hint="Wait a moment and send it again.")
        self._handle = os.open(self._data, os.O_RDWR | os.O_CREAT, 0o600)
        if not _flock(self._handle, fcntl.LOCK_SH) or not _same_file(self._handle, self._data):
            raise Unavailable("This upload is being completed.", hint="Ask for its state.")

    async def write(self, chunks: AsyncIterable[bytes]) -> None:
        """Write the part at its place."""
        with faults.translated(self._place):
            rest = await streams.pour(chunks, self._write, self._pool)
            job = self._pool.submit(self._write, rest)
            try:
                await asyncio.wrap_future(job)
            finally:
                await streams.settled(job)
        self.written = True

    def close(self) -> None:
        """Let go of the locks."""
        for handle in (self._handle, self._lock):
            if handle >= 0:
                os.close(handle)
        self._handle = self._lock = -1

    def _write(self, chunks: list[bytes]) -> None:
        for chunk in chunks:
            write_all(self._handle, chunk, self._position)
            self._position += len(chunk)


def write_all(handle: int, chunk: bytes, position: int | None = None) -> None:
    """Write all of a chunk, at the position or where the file stands."""
    view = memoryview(chunk)
    while view:
        wrote = os.write(handle, view) if position is None else os.pwrite(handle, view, position)
        view = view[wrote:]
        position = None if position is None else position + wrote


def flush_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _verify(digest: str, announced: str) -> None:
    if digest != announced:
        raise DigestMismatch(f"The bytes are {digest}, not {announced}.", hint="Was the file changed? Push again.")


def _flock(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _same_file(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _stored(entry: os.DirEntry[str]) -> Stored | None:
    digest = layout.digest_of(entry.name)
    try:
        found = entry.stat()
    except FileNotFoundError:
        return None
    return Stored(digest, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC)) if digest else None
