"""What are the digests of many files? Hashed by several threads at once; hashing leaves Python's lock alone."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from typing import BinaryIO

from holotype.client.progress import Meter
from holotype.client.walk import LocalFile, refuse_special, unchanged, unreadable
from holotype.errors import LocalProblem

BLOCK = 2**20
WORKERS = max(2, min(8, os.cpu_count() or 2))
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def open_file(file: LocalFile) -> BinaryIO:
    """Open a file that was found, and make sure that it still is what was found."""
    try:
        descriptor = os.open(file.source, os.O_RDONLY | os.O_CLOEXEC | _NOFOLLOW)
    except OSError as error:
        raise unreadable(file.source, error) from error
    stream = os.fdopen(descriptor, "rb", buffering=0)
    try:
        found = os.fstat(descriptor)
        refuse_special(file.source, found.st_mode)
        unchanged(file, found)
    except BaseException:
        stream.close()
        raise
    return stream


def digest_of(file: LocalFile, meter: Meter) -> str:
    """Return the digest of a file; raise ``LocalProblem`` if it cannot be read or changes meanwhile."""
    with open_file(file) as stream:
        try:
            hasher = hashlib.sha256()
            read = feed(hasher.update, stream, file.size, meter.advance)
            found = os.fstat(stream.fileno())
        except OSError as error:
            raise unreadable(file.source, error) from error
        if read != file.size:
            raise LocalProblem(f"{file.source} changed while it was being pushed.", hint="Push again.")
        unchanged(file, found)
    meter.advance(0, 1)
    return "sha256:" + hasher.hexdigest()


def feed(
    take: Callable[[memoryview], object], stream: BinaryIO, size: int, tell: Callable[[int], None] | None = None
) -> int:
    """Hand a stream's bytes, at most ``size`` of them, to ``take`` block by block; return how many there were."""
    buffer = memoryview(bytearray(min(BLOCK, max(size, 1))))
    done = 0
    while done < size:
        count = stream.readinto(buffer[: min(len(buffer), size - done)])  # type: ignore[attr-defined]
        if not count:
            break
        take(buffer[:count])
        done += count
        if tell:
            tell(count)
    return done
