"""What is inside a zip or a tar? Each member in its turn, with bounds on how many there are and what comes out."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator

from holotype.inspect.scanning.feed import Feed, Stream
from holotype.inspect.scanning.report import Limits, Unreadable
from holotype.inspect.scanning.streams import Counted
from holotype.inspect.window import TooMuch, Window

Each = Callable[[str, Stream], None]
Failed = Callable[[str, str], None]
_END = b"PK\x05\x06"
_TAIL = 65_557
_LARGEST_LIST = 2 * 2**20
"""Some thirty thousand members: in memory the list takes ten times as much, and there are lists inside of lists."""
_BLOCK = 512
_PLAIN = b"0\x007"
_AFTER = b"LKxgXNVD123456"
"""Types of tar members whose bytes are headers, or that have none."""
FAULTS = (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, KeyError, IndexError,
          OverflowError, MemoryError, zlib.error)  # fmt: skip


def is_zip(window: Window, first: bytes) -> bool:
    """Say whether some reader would take it for a zip: by its first bytes, or by its last ones."""
    if first.startswith((b"PK\x03\x04", _END)):
        return True
    window.seek(max(0, window.size - _TAIL))
    return _END in window.read(_TAIL)


def listed(window: Window) -> zipfile.ZipFile:
    """Open a zip whose list of members is small enough to be held."""
    window.most = _LARGEST_LIST
    try:
        return zipfile.ZipFile(window)
    except TooMuch as error:
        raise Unreadable("its list of members is too large") from error
    except FAULTS as error:
        raise Unreadable(f"its list of members cannot be read: {str(error)[:100]}") from error
    finally:
        window.most = None


def each_of_zip(archive: zipfile.ZipFile, limits: Limits, each: Each, failed: Failed) -> None:
    """Give each member to ``each``; one that cannot be read to its end is told to ``failed``, and the next is read."""
    for info in archive.infolist():
        limits.entry()
        if info.is_dir() and not info.file_size:
            continue
        try:
            if info.flag_bits & 0x1:
                raise Unreadable("it is encrypted")
            with archive.open(info) as member:
                each(info.filename, Counted(member, info.compress_size, limits))
        except Unreadable as error:
            failed(info.filename, str(error))
        except FAULTS as error:
            failed(info.filename, f"it cannot be read: {str(error)[:100]}")


def is_tar(first: bytes) -> bool:
    """Say whether it begins as a tar: its first header has the right sum."""
    return len(first) >= _BLOCK and any(first[:_BLOCK]) and _sum_is_right(first[:_BLOCK])


def each_of_tar(stream: Stream, limits: Limits, each: Each) -> None:
    """Give each plain file of a tar to ``each``."""
    feed = Feed(stream, limits)
    for name, size in _headers(feed, limits):
        part = _Part(feed, size)
        each(name, part)
        feed.skip(part.left + -size % _BLOCK)


class _Part:
    """So many bytes of a feed."""

    def __init__(self, feed: Feed, size: int) -> None:
        self._feed, self.left = feed, size

    def read(self, size: int, /) -> bytes:
        """Read on."""
        found = self._feed.take(min(size, self.left, 2**16))
        self.left -= len(found)
        return found


def _headers(feed: Feed, limits: Limits) -> Iterator[tuple[str, int]]:
    while True:
        block = feed.peek(_BLOCK)
        if not any(block):
            return  # two blocks of zeros, or the end
        block = feed.take(_BLOCK)
        if not _sum_is_right(block):
            raise Unreadable("a header in it is damaged")
        limits.entry()
        size, kind = _number(block[124:136]), block[156:157]
        if kind in _PLAIN:
            yield block[:100].split(b"\0", 1)[0].decode("utf-8", "replace"), size
        elif kind in _AFTER:
            feed.skip(size + -size % _BLOCK if kind in b"LKxgXNVD" else 0)
        else:
            raise Unreadable("it has members of an unknown kind")


def _sum_is_right(block: bytes) -> bool:
    try:
        said = int(block[148:156].strip(b" \0") or b"0", 8)
    except ValueError:
        return False
    return said == sum(block[:148]) + 8 * 32 + sum(block[156:])


def _number(field: bytes) -> int:
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    try:
        return int(field.strip(b" \0") or b"0", 8)
    except ValueError as error:
        raise Unreadable("a header in it is damaged") from error
