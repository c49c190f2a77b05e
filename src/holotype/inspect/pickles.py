"""Is it a pickle (or joblib's variant of it, perhaps compressed), and which modules does it name?

Opcodes are read one by one and never run. joblib puts raw arrays between them, where reading opcodes must end; what
follows is searched for the short strings that name modules.
"""

from __future__ import annotations

import bz2
import io
import lzma
import pickletools
import re
import zlib
from collections.abc import Iterator

from holotype.inspect.head import FIRST, MOST, Head

_MAGIC = re.compile(rb"\x80[\x02-\x05]")
_TORCH = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
_JOBLIB = b"joblib.numpy_pickle"
_TEXT_NAMES = (".pkl", ".pickle", ".joblib", ".p")
_MOST_OPCODES = 200_000
_NAME = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*")
_STRAY = re.compile(
    rb"\x8c[\x03-\x7f]([A-Za-z_][A-Za-z0-9_]*)(?:\.[A-Za-z0-9_]+)+\x94|c([A-Za-z_][A-Za-z0-9_]*)(?:\.\w+)*\n\w+\n"
)
_MEMORY = 64 * 2**20
_KEEPS = frozenset({"MEMOIZE", "PUT", "BINPUT", "LONG_BINPUT"})
_RECALLS = frozenset({"GET", "BINGET", "LONG_BINGET"})


def sniff(head: Head) -> str | None:
    """Return ``pytorch`` (the form before 1.6), ``joblib``, ``pickle`` or None."""
    if head.first.startswith(_TORCH):
        return "pytorch"
    content = head.first
    if not _MAGIC.match(content):
        unpacked = unpack(head, FIRST)
        if unpacked is not None and _MAGIC.match(unpacked):
            return "joblib" if _JOBLIB in unpacked or head.name.endswith(".joblib") else "pickle"
        return "pickle" if head.name.endswith(_TEXT_NAMES) and _reads_to_end(head) else None
    if head.read(head.size - 1, 1) != b"." or sum(1 for _ in _opcodes(content[:4096], 3)) < 2:
        return None
    return "joblib" if _JOBLIB in head.read(0, 2**20) or head.name.endswith(".joblib") else "pickle"


def modules(head: Head) -> frozenset[str]:
    """Return the top-level modules that a pickle file names."""
    if _MAGIC.match(head.first):
        return named(head.read(0, MOST))
    unpacked = unpack(head, MOST)
    if unpacked is not None:
        return named(unpacked) if _MAGIC.match(unpacked) else frozenset()
    return named(head.read(0, MOST)) if sniff(head) == "pickle" else frozenset()


def named(content: bytes) -> frozenset[str]:
    """Return the top-level modules that opcodes name, followed by a search where opcodes end early."""
    found: set[str] = set()
    memo: dict[object, object] = {}
    pushed: list[object] = [None, None]
    end = 0
    for name, argument, position in _opcodes(content, _MOST_OPCODES):
        end = position
        if name in _KEEPS:
            memo[len(memo) if argument is None else argument] = pushed[-1]
            continue
        if name in ("GLOBAL", "INST"):
            found.add(str(argument).split(" ", 1)[0])
        elif name == "STACK_GLOBAL" and isinstance(pushed[-2], str):
            found.add(pushed[-2])
        value = memo.get(argument) if name in _RECALLS else argument if isinstance(argument, str) else None
        pushed = [pushed[-1], value]
    found.update((a or b).decode() for a, b in _STRAY.findall(content, end))
    return frozenset(name.split(".")[0] for name in found if _NAME.fullmatch(name))


def unpack(head: Head, limit: int) -> bytes | None:
    """Return up to ``limit`` bytes of what a compressed file holds, None for one that is not compressed."""
    first = head.first
    if first[:2] == b"\x1f\x8b":
        return zlib.decompressobj(31).decompress(head.read(0, limit), limit)
    if first[:1] == b"\x78" and len(first) > 1 and int.from_bytes(first[:2], "big") % 31 == 0:
        return zlib.decompressobj().decompress(head.read(0, limit), limit)
    if first[:3] == b"BZh":
        return bz2.BZ2Decompressor().decompress(head.read(0, limit), limit)
    if first[:6] == b"\xfd7zXZ\0" or first[:3] == b"\x5d\0\0":
        return _lzma(head.read(0, limit), limit)
    return None


def _lzma(content: bytes, limit: int) -> bytes | None:
    try:
        return lzma.LZMADecompressor(memlimit=_MEMORY).decompress(content, limit)
    except lzma.LZMAError:
        return None


def _opcodes(content: bytes, most: int) -> Iterator[tuple[str, object, int]]:
    """Yield name, argument and position of opcodes until they end, cannot be read, or are too many."""
    try:
        for count, (opcode, argument, position) in enumerate(pickletools.genops(io.BytesIO(content))):
            if count >= most:
                return
            yield opcode.name, argument, position or 0
    except (ValueError, IndexError, KeyError, UnicodeError, OverflowError, MemoryError):
        return


def _reads_to_end(head: Head) -> bool:
    if head.size > FIRST or not head.first.endswith(b"."):
        return False
    last = None
    for name, _, position in _opcodes(head.first, _MOST_OPCODES):
        last = (name, position)
    return last == ("STOP", head.size - 1)
