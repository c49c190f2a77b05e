"""What is this stream, and what would loading it run? A file or a member of an archive, in as many layers as it has."""

from __future__ import annotations

import re
import struct
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from holotype.inspect.scanning import archives, arrays, configs
from holotype.inspect.scanning.feed import Feed, Stream
from holotype.inspect.scanning.judging import judge
from holotype.inspect.scanning.machine import CALLED, COMPUTED, Weight
from holotype.inspect.scanning.opcodes import Walk
from holotype.inspect.scanning.report import DANGEROUS, NOTE, SUSPICIOUS, Limits, Report, Unreadable, sentence
from holotype.inspect.scanning.streams import FIRST, Forward, Inflating, spooled, unpacker
from holotype.inspect.window import TooMuch, Window

_PICKLES = (".pkl", ".pickle", ".joblib", ".p", ".dill", ".cloudpickle", ".pckl", ".pk")
_TORCH = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
_TORCH_PICKLES = 5
_BEGINNINGS = frozenset(b"\x95}](c)\x8c\x88\x89NKJMGX\x8f\x8a.Uq\x96BC")
_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)+")
"""What is no name in any language was no pickle, where nothing else says that it is one."""
_CLOSED = {
    b"\x04\x22\x4d\x18": "LZ4",
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"Rar!\x1a\x07": "RAR",
    b"\x28\xb5\x2f\xfd": "Zstandard",
}


def scan(path: str, window: Window, report: Report, limits: Limits) -> None:
    """Look into a file of a version and add what is found to the report."""
    report.files += 1
    look = _Look(report, limits, path)
    try:
        look.into("", window, 0)
    except Unreadable as error:
        report.fail(path, sentence(error))
    except TooMuch:
        report.fail(path, "It asks for more memory than a scan has.")
    except RecursionError:
        report.fail(path, "It nests too deeply.")
    except archives.FAULTS as error:
        report.fail(path, f"It cannot be read ({type(error).__name__}).")


@dataclass(slots=True)
class _Look:
    """One file, and everything in it."""

    report: Report
    limits: Limits
    path: str

    def into(self, inner: str, stream: Stream, depth: int) -> None:
        """Look at a stream by what its first bytes say that it is, whatever it is called."""
        if depth > self.limits.depth:
            raise Unreadable("it holds archives in archives in archives")
        name = (inner or self.path).casefold()
        source, first = _begin(stream)
        if self._is_zip(source, first):
            self._zip(inner, source, first, depth)
        elif (begin := unpacker(first, inside=depth > 0)) is not None and self._unpacks(begin, first, name):
            self.into(inner, Inflating(source, begin, self.limits), depth + 1)
        elif closed := next((kind for magic, kind in _CLOSED.items() if first.startswith(magic)), None):
            raise Unreadable(f"it is packed as {closed}, which is not looked into")
        elif archives.is_tar(first):
            into = partial(self._in_tar, inner, depth)
            archives.each_of_tar(source, self.limits, into)
            self._also(inner, source, first)  # what begins with the name of a member may begin with opcodes
        elif first.startswith(b"\x93NUMPY"):
            self._npy(inner, source)
        elif first.startswith(b"\x89HDF\r\n\x1a\n"):
            self._note(inner, configs.searched(source, self.limits, operations=False))
        elif name.rpartition("/")[2] == "config.json":
            with suppress(Unreadable):  # many tools have a file of that name
                self._note(inner, configs.keras(source))
            self._also(inner, source, first)
        elif name.endswith(".pb"):
            self._note(inner, configs.searched(source, self.limits, operations=True))
            self._also(inner, source, first)
        else:
            self._pickles(inner, source, first, name)

    def _also(self, inner: str, source: Stream, first: bytes) -> None:
        """Look whether what was read as something else is a pickle for whoever takes it for one."""
        if isinstance(source, Window):
            source.seek(0)
        else:
            source = _Bytes(first)
        self._walk(inner, Feed(source, self.limits), sure=False)

    def _is_zip(self, source: Stream, first: bytes) -> bool:
        if not isinstance(source, Window):
            return first.startswith(b"PK\x03\x04")
        found = archives.is_zip(source, first)
        source.seek(0)
        return found

    def _unpacks(self, begin: object, first: bytes, name: str) -> bool:
        """Say whether a stream that begins like a compressed one is one; the short marks occur by chance too."""
        if first[:1] not in (b"\x78", b"\x5d") or name.endswith(_PICKLES):
            return True
        with suppress(Unreadable):
            return bool(Inflating(Forward(_Bytes(first)), begin, Limits()).read(1))  # type: ignore[arg-type]
        return False

    def _zip(self, inner: str, source: Stream, first: bytes, depth: int) -> None:
        if not isinstance(source, Window):
            with spooled(source, self.limits) as window:
                self._zip(inner, window, first, depth)
            return
        certain = first.startswith(b"PK")
        try:
            archive = archives.listed(source)
        except Unreadable:
            if certain:
                raise
            archive = None
        if archive is not None:
            names = {info.filename for info in archive.infolist()}
            if any("/code/" in f"/{one}" for one in names) and any(one.endswith("constants.pkl") for one in names):
                self._note(inner, [("TorchScript code", NOTE)])
            archives.each_of_zip(
                archive,
                self.limits,
                partial(self._member, inner, depth),
                lambda member, reason: self.report.fail(self.path, f"{member[:150]}: {reason}"),
            )
        if not certain:
            source.seek(0)
            self._pickles(inner, source, first, (inner or self.path).casefold())

    def _in_tar(self, inner: str, depth: int, member: str, part: Stream) -> None:
        self.into(f"{inner}/{member}".lstrip("/"), part, depth + 1)

    def _member(self, inner: str, depth: int, member: str, part: Stream) -> None:
        where = f"{inner}/{member}".lstrip("/")
        if member == "config.json":
            self._note(where, configs.keras(part))
        else:
            self.into(where, part, depth + 1)

    def _npy(self, inner: str, source: Stream) -> None:
        """Look at the objects of an array; numbers hold nothing."""
        feed = Feed(source, self.limits)
        head = feed.take(8)
        size = struct.unpack("<H", feed.take(2))[0] if head[6] == 1 else struct.unpack("<I", feed.take(4))[0]
        if size > FIRST:
            raise Unreadable("its header is too long")
        if not arrays.is_numbers(feed.take(size)):
            self._walk(inner, feed, sure=True)

    def _pickles(self, inner: str, source: Stream, first: bytes, name: str) -> None:
        """Look at one pickle after another. Files that only might be pickles are told when they are dangerous."""
        magic = len(first) > 2 and first[0] == 0x80 and first[1] <= 5 and first[2] in _BEGINNINGS
        sure = bool(first) and (magic or name.endswith(_PICKLES))
        feed = Feed(source, self.limits)
        most = _TORCH_PICKLES if first.startswith(_TORCH) else None
        while self._walk(inner, feed, sure=sure):
            following = feed.peek(2)
            most = None if most is None else most - 1
            if not following or most == 0:
                return
            if sure and most is None and following[0] != 0x80:
                self._note(inner, [("bytes after its end", NOTE)])
                sure = False

    def _walk(self, inner: str, feed: Feed, *, sure: bool, weight: Weight | None = None) -> bool:
        """Read one pickle; say whether it was read to its end."""
        walk = Walk(feed, self.limits, lambda content: self._nested(inner, content, walk), weight=weight)
        try:
            walk.one()
        except Unreadable:
            self._judge(inner, walk, sure=sure, whole=False)
            if sure:
                raise
            return False
        self._judge(inner, walk, sure=sure, whole=True)
        return True

    def _nested(self, inner: str, content: bytes, outer: Walk) -> None:
        """Look at bytes in a pickle that may be a pickle, or the beginning of one."""
        with suppress(Unreadable):
            self._walk(inner, Feed(_Bytes(content), self.limits), sure=False, weight=outer.weight)

    def _judge(self, inner: str, walk: Walk, *, sure: bool, whole: bool) -> None:
        found = [(str(name), judge(name, level), level) for name, level in walk.uses.items()]
        found += [(f"changes {name}", SUSPICIOUS, CALLED) for name in walk.changes]
        told = [(name.removeprefix("?."), severity) for name, severity, _ in found if severity is not None]
        if not sure:  # chance makes names, but does not compute one to call it, nor end where a pickle ends
            likely = DANGEROUS if not whole else SUSPICIOUS
            told = [one for one in told if one[1] in (DANGEROUS, likely) and _NAME.fullmatch(one[0])]
            told += [("calls a name that is computed", DANGEROUS)] if walk.uses.get(COMPUTED) == CALLED else []
        self._note(inner, told)

    def _note(self, inner: str, found: configs.Findings) -> None:
        for name, severity in found:
            self.report.find(f"{self.path}!{inner}" if inner else self.path, name, severity)


class _Bytes:
    """Bytes in memory as a stream."""

    def __init__(self, content: bytes) -> None:
        self._content, self._at = content, 0

    def read(self, size: int, /) -> bytes:
        """Read on."""
        found = self._content[self._at : self._at + size]
        self._at += len(found)
        return found


def _begin(stream: Stream) -> tuple[Stream, bytes]:
    """Return a stream at its beginning, and its first bytes."""
    if isinstance(stream, Window):
        first = stream.read(FIRST)
        stream.seek(0)
        return stream, first
    forward = Forward(stream)
    return forward, forward.first
