"""How are opcodes read from a stream of any length? A chunk at a time, and never a whole argument."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from holotype.inspect.scanning.report import Limits, Unreadable
from holotype.inspect.window import Window

_CHUNK = 2**16
_LONGEST_LINE = 2**16
_AHEAD = 2**14


class Stream(Protocol):
    """What bytes come from: a window, a member of an archive, something that unpacks."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes; nothing at the end."""


class Feed:
    """Bytes that are taken, skipped or read as lines, from the stream's position on."""

    def __init__(self, stream: Stream, limits: Limits) -> None:
        """Read nothing yet."""
        self._stream, self._limits = stream, limits
        self._chunk, self._at, self._before = b"", 0, 0

    @property
    def position(self) -> int:
        """How many bytes were taken or skipped."""
        return self._before + self._at

    def take(self, size: int) -> bytes:
        """Return exactly ``size`` bytes (a few thousand at most), or raise ``Unreadable``."""
        if self._at + size > len(self._chunk):
            self._fill(size)
        found = self._chunk[self._at : self._at + size]
        self._at += size
        return found

    def peek(self, size: int) -> bytes:
        """Return up to ``size`` of the bytes that come next, without taking them."""
        while len(self._chunk) - self._at < size and self._more():
            pass
        return self._chunk[self._at : self._at + size]

    @contextmanager
    def ahead(self) -> Iterator[Feed]:
        """Give a feed of the bytes that come next, as far as that needs no unpacking; this one stays where it is."""
        kept = self.peek(_AHEAD)
        if isinstance(self._stream, Window):
            place = self._stream.tell()
            self._stream.seek(place - (len(self._chunk) - self._at))
            yield Feed(self._stream, self._limits)
            self._stream.seek(place)
        else:
            yield Feed(io.BytesIO(kept), self._limits)

    def line(self) -> bytes:
        """Return the bytes up to the next newline, which is taken but not returned; of a long line, its beginning."""
        found = b""
        while (end := self._chunk.find(b"\n", self._at)) < 0:
            found = (found + self._chunk[self._at :])[:_LONGEST_LINE]
            self._at = len(self._chunk)
            if not self._more():
                raise Unreadable("it ends in the middle")
        found += self._chunk[self._at : end]
        self._at = end + 1
        return found[:_LONGEST_LINE]

    def skip(self, size: int) -> None:
        """Pass over bytes without keeping them."""
        kept = len(self._chunk) - self._at
        if size <= kept:
            self._at += size
            return
        self._before += len(self._chunk)
        self._chunk, self._at = b"", 0
        self._pass(size - kept)

    def _pass(self, size: int) -> None:
        if isinstance(self._stream, Window):
            end = self._stream.tell() + size
            if end > self._stream.size:
                raise Unreadable("it ends in the middle")
            self._stream.seek(end)
            self._before += size
            return
        while size:
            found = self._stream.read(min(size, 2**20))
            if not found:
                raise Unreadable("it ends in the middle")
            size -= len(found)
            self._before += len(found)
            self._limits.breathe()

    def _fill(self, size: int) -> None:
        while len(self._chunk) - self._at < size:
            if not self._more():
                raise Unreadable("it ends in the middle")

    def _more(self) -> bool:
        found = self._stream.read(_CHUNK)
        self._before += self._at
        self._chunk = self._chunk[self._at :] + found
        self._at = 0
        return bool(found)
