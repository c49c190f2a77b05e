"""How are bytes read that lie in something else? Forward only, counted, and never all at once."""

from __future__ import annotations

import bz2
import lzma
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from holotype.inspect.scanning.feed import Stream
from holotype.inspect.scanning.report import Limits, Unreadable
from holotype.inspect.window import Window

FIRST = 2**16
_STEP = 2**16
_MEMORY, _MEMORY_INSIDE = 68 * 2**20, 10 * 2**20
"""So much memory may LZMA want: what the highest preset does for a file, what the usual one does for what is in it."""
_FREE = 2**20
"""So many bytes may come out of anything, however small it is."""


class Forward:
    """A stream that can be looked at before it is read: ``first`` are its first 64 KiB."""

    def __init__(self, stream: Stream) -> None:
        """Read the first bytes."""
        found = bytearray()
        while len(found) < FIRST and (chunk := stream.read(FIRST - len(found))):
            found += chunk
        self.first = bytes(found)
        self._stream, self._at = stream, 0

    def read(self, size: int, /) -> bytes:
        """Return the first bytes again, and then what follows."""
        if self._at < len(self.first):
            found = self.first[self._at : self._at + size]
            self._at += len(found)
            return found
        return self._stream.read(size)


class Counted:
    """What comes out of a member of an archive, until that is more than its size explains."""

    def __init__(self, stream: Stream, packed: int, limits: Limits) -> None:
        """Read nothing yet; ``packed`` is the size in the archive."""
        self._stream, self._limits = stream, limits
        self._left = packed * limits.ratio + _FREE

    def read(self, size: int, /) -> bytes:
        """Read on."""
        found = self._stream.read(min(size, _STEP))
        self._limits.inflate(len(found))
        self._left -= len(found)
        if self._left < 0:
            raise Unreadable("it unpacks to far more bytes than it has")
        return found


class Inflating:
    """What comes out of a compressed stream, one after another where several were joined."""

    def __init__(self, stream: Stream, begin: Callable[[], Any], limits: Limits) -> None:
        """Read nothing yet; ``begin`` makes a decompressor."""
        self._stream, self._begin, self._limits = stream, begin, limits
        self._unpacker = begin()
        self._waiting = b""
        self._packed = self._given = 0

    def read(self, size: int, /) -> bytes:
        """Unpack on."""
        while True:
            if self._unpacker.eof:
                self._waiting = self._unpacker.unused_data or self._stream.read(_STEP)
                if not self._waiting:
                    return b""
                self._unpacker = self._begin()
            elif not self._waiting and getattr(self._unpacker, "needs_input", True):
                self._waiting = self._stream.read(_STEP)
                self._packed += len(self._waiting)
                if not self._waiting:
                    raise Unreadable("it ends in the middle")
            found = self._step(min(size, _STEP))
            if found:
                return found

    def _step(self, size: int) -> bytes:
        try:
            found: bytes = self._unpacker.decompress(self._waiting, size)
        except (zlib.error, lzma.LZMAError, OSError, EOFError) as error:
            raise Unreadable("it cannot be unpacked") from error
        self._waiting = getattr(self._unpacker, "unconsumed_tail", b"")
        self._given += len(found)
        self._limits.inflate(len(found))
        if self._given > self._packed * self._limits.ratio + _FREE:
            raise Unreadable("it unpacks to far more bytes than it has")
        return found


def unpacker(first: bytes, *, inside: bool = False) -> Callable[[], Any] | None:
    """Return what unpacks a stream that begins with some bytes, if one of Python's own modules does.

    ``inside`` says that it lies in another one, so that both take memory.
    """
    if first[:2] == b"\x1f\x8b":
        return lambda: zlib.decompressobj(31)
    if first[:1] == b"\x78" and len(first) > 1 and int.from_bytes(first[:2], "big") % 31 == 0:
        return zlib.decompressobj
    if first[:3] == b"BZh":
        return bz2.BZ2Decompressor
    if first[:6] == b"\xfd7zXZ\0" or first[:3] == b"\x5d\0\0":
        return lambda: lzma.LZMADecompressor(memlimit=_MEMORY_INSIDE if inside else _MEMORY)
    return None


@contextmanager
def spooled(stream: Stream, limits: Limits) -> Iterator[Window]:
    """Copy a stream to a temporary file, so that it can be read from anywhere."""
    with tempfile.TemporaryFile() as file:
        size = 0
        while chunk := stream.read(_STEP):
            size += len(chunk)
            if size > limits.spool:
                raise Unreadable("an archive in it is too large to be looked into")
            file.write(chunk)

        def fetch(start: int, stop: int) -> bytes:
            file.seek(start)
            return file.read(stop - start)

        yield Window(fetch, size)
