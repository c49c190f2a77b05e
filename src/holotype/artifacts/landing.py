"""How are bytes written so that a crash, a late writer or a full disk leaves nothing that looks whole?

What gets a blob's name was verified and flushed before: write, fsync, rename, fsync of the directory. Three locks
(``flock``, so that they hold between processes and end with them) keep what was verified from being written again:

    a part's lock     one writer a part; a part that was acknowledged is never written again
    data, shared      every writer, while it writes
    data, exclusive   completion, from before the last byte is hashed until the file has its blob's name
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
from collections.abc import AsyncIterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from holotype.artifacts import faults, layout, streams
from holotype.domain.entities import Upload
from holotype.errors import DigestMismatch, Unavailable


class Incoming:
    """Bytes that come in one stream: written under the upload's id, counted and hashed on the way."""

    def __init__(self, root: Path, upload_id: str) -> None:
        self.size = 0
        self._file = root / layout.incoming(upload_id)
        self._sha = hashlib.sha256()
        self._handle = -1

    @property
    def digest(self) -> str:
        """The digest of what was written."""
        return f"sha256:{self._sha.hexdigest()}"

    def write(self, chunks: list[bytes]) -> None:
        """Append and hash."""
        if self._handle < 0:
            self._handle = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        for chunk in chunks:
            write_all(self._handle, chunk)
            self._sha.update(chunk)
            self.size += len(chunk)

    def close(self) -> None:
        """Let go of what was written, and leave it."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def discard(self) -> None:
        """Close, and remove what still lies there."""
        if self._handle >= 0:
            self.close()
            with suppress(OSError):
                self._file.unlink(missing_ok=True)


class Landing(Incoming):
    """A file of which it is known what it is: renamed when it is right."""

    def __init__(self, root: Path, upload: Upload) -> None:
        super().__init__(root, upload.id)
        self._announced = upload.digest
        self._target = root / layout.blob(upload.digest)

    def finish(self, rest: list[bytes]) -> None:
        """Append the rest, verify, flush and publish."""
        self.write(rest)
        verify(self.digest, self._announced)
        os.fsync(self._handle)
        self._file.replace(self._target)
        flush_folder(self._target.parent)


class Part:
    """One part on its way to its place in the upload's file."""

    def __init__(
        self, root: Path, pool: ThreadPoolExecutor, upload: Upload, number: int, tail: int | None = None
    ) -> None:
        self.start = 0 if tail is not None else number * upload.part_size
        self.end = tail if tail is not None else min(self.start + upload.part_size, upload.size)
        self.written = False
        # Without a digest to come, nobody would see that a crash of the machine took a part.
        self._durable = not upload.digest
        self._data = root / (layout.data(upload.id) if tail is None else layout.tail(upload.id))
        self._lock_file = root / layout.lock(upload.id, number)
        self._pool = pool
        self._place = str(root)
        self._position = self.start
        self._handle = self._lock = -1

    def open(self) -> None:
        """Take the locks."""
        self._data.parent.mkdir(exist_ok=True)
        self._lock = os.open(self._lock_file, os.O_RDWR | os.O_CREAT, 0o600)
        if not flock(self._lock, fcntl.LOCK_EX):
            raise Unavailable("This part is on its way already.", hint="Wait a moment and send it again.")
        self._handle = os.open(self._data, os.O_RDWR | os.O_CREAT, 0o600)
        if not flock(self._handle, fcntl.LOCK_SH) or not same_file(self._handle, self._data):
            raise Unavailable("This upload is being completed.", hint="Ask for its state.")

    async def write(self, chunks: AsyncIterable[bytes]) -> None:
        """Write the part at its place."""
        with faults.translated(self._place):
            rest = await streams.pour(chunks, self._write, self._pool)
            job = self._pool.submit(self._finish, rest)
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

    def _finish(self, rest: list[bytes]) -> None:
        self._write(rest)
        if self._durable:
            os.fdatasync(self._handle)


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


def verify(digest: str, announced: str) -> None:
    """Raise ``DigestMismatch`` unless bytes have the digest that was announced."""
    if digest != announced:
        raise DigestMismatch(f"The bytes are {digest}, not {announced}.", hint="Was the file changed? Push again.")


def flock(handle: int, kind: int) -> bool:
    """Take a lock without waiting; false where somebody else holds it."""
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def same_file(handle: int, path: Path) -> bool:
    """Say whether a path still leads to an open file."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False
