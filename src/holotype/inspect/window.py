"""How is a blob looked at that may be far away and far too large? Through ranges, with an end to what is read.

A window is a seekable stream: ``Head``, ``zipfile`` and the scan read from it as from a file.
"""

from __future__ import annotations

import io
from collections.abc import Callable

from holotype.inspect.head import MOST

Fetch = Callable[[int, int], bytes]
"""Returns the bytes from one offset to another, all of them or an error."""
_BLOCK = 2**18


class TooMuch(ValueError):
    """More would have to be read than anybody allowed."""


class Window(io.RawIOBase):
    """A stream over ranges that are fetched; ``budget`` bounds how many bytes are fetched in all, if it is given."""

    def __init__(self, fetch: Fetch, size: int, *, budget: int | None = None, block: int = _BLOCK) -> None:
        """Fetch nothing yet."""
        super().__init__()
        self._fetch, self._size, self._left, self._block = fetch, size, budget, block
        self._at = self._begin = 0
        self._kept = b""
        self.most: int | None = None
        """How many bytes one read may ask for, where that is less than usual."""

    @classmethod
    def over(cls, content: bytes, *, budget: int | None = None) -> Window:
        """Look at bytes that are in memory."""
        return cls(lambda start, stop: content[start:stop], len(content), budget=budget)

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return self._size

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Return the position."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move the position; nothing is fetched for it."""
        place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if place < 0:
            raise ValueError("a position before the beginning")
        self._at = place
        return place

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to ``size`` bytes; ``TooMuch`` where that is more than 16 MiB at once."""
        left = max(0, self._size - self._at)
        wanted = left if size is None or size < 0 else min(size, left)
        if wanted > (self.most or MOST):
            raise TooMuch(f"{wanted} bytes at once")
        begin = self._at - self._begin
        if not 0 <= begin <= len(self._kept) - wanted:
            self._load(wanted)
            begin = 0
        self._at += wanted
        return self._kept[begin : begin + wanted]

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Fill a buffer, as far as there is something."""
        found = self.read(min(len(buffer), MOST))
        buffer[: len(found)] = found
        return len(found)

    def _load(self, wanted: int) -> None:
        stop = min(self._size, self._at + max(wanted, self._block))
        if self._left is not None:
            stop = min(stop, self._at + self._left)
            if stop < self._at + wanted:
                raise TooMuch("the budget of bytes is spent")
            self._left -= stop - self._at
        self._kept, self._begin = (self._fetch(self._at, stop) if stop > self._at else b""), self._at
