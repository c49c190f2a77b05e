"""What is a file called before it is whole? ``.holotype-<digest>.part`` beside its final place, locked while in use.

Two pulls into one directory at the same time do not meet in one temporary file: the second takes a name of its own.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from holotype.client.places import Folder
from holotype.domain.digest import hexpart
from holotype.domain.manifest import File
from holotype.errors import LocalProblem

try:
    import fcntl
except ImportError:  # pragma: no cover - a system without locks on files
    fcntl = None  # type: ignore[assignment, unused-ignore]


class Partial:
    """An open temporary file that can be given its final name."""

    def __init__(self, folder: Folder, name: str, stream: BinaryIO) -> None:
        """Hold the folder, the temporary name and the open file."""
        self._folder, self.name, self.stream = folder, name, stream
        self.kept = False

    def keep_as(self, name: str) -> None:
        """Make the bytes durable and give them their final name."""
        os.fsync(self.stream.fileno())
        self._folder.rename(self.name, name)
        self.kept = True


@contextmanager
def partial_of(folder: Folder, file: File) -> Iterator[Partial]:
    """Open the temporary file for some bytes; what a failure leaves in it is there for the next pull."""
    name = f".holotype-{hexpart(file.digest)}.part"
    descriptor = _open(folder, name)
    if descriptor is None:
        name = f".holotype-{hexpart(file.digest)}.{secrets.token_hex(4)}.part"
        descriptor = folder.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL)
    with os.fdopen(descriptor, "r+b", buffering=0) as stream:
        partial = Partial(folder, name, stream)
        try:
            yield partial
        finally:
            if not partial.kept and stream.seek(0, os.SEEK_END) == 0:
                folder.remove(name)


def _open(folder: Folder, name: str) -> int | None:
    """Open and lock a temporary file; None when another pull is using it."""
    while True:
        try:
            descriptor = folder.open(name, os.O_RDWR | os.O_CREAT)
        except OSError as error:
            raise LocalProblem(
                f"{folder.path / name} cannot be written: {(error.strerror or str(error)).lower()}."
            ) from error
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1 or not _lock(descriptor):
                os.close(descriptor)
                return None
        except BaseException:
            os.close(descriptor)
            raise
        # Another pull may have given the file its final name between opening and locking.
        now = folder.status(name)
        if now is not None and (now.st_ino, now.st_dev) == (found.st_ino, found.st_dev):
            return descriptor
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (OSError, AttributeError):
        # A system or a file system without locks: one pull at a time is up to the user there.
        return True
    return True
