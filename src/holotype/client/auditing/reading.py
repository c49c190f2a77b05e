"""Which lines has an export? Read once from front to end, a block of at most 1,024 entries at a time.

A line is taken for an entry unless it begins like another one, so that a damaged entry is still one that was altered.
Lines other than entries have to be written exactly as the registry writes them: no byte of a file is without meaning.
"""

from __future__ import annotations

import binascii
import hashlib
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec

from holotype.domain import notes
from holotype.domain.merkle import HASH_SIZE
from holotype.errors import Corrupt, LocalProblem
from holotype.wire import decoding
from holotype.wire.audit import FORMAT, Header, Leaves, Note, Proof

S = TypeVar("S", bound=msgspec.Struct)
_HEADER, LEAVES, CHECKPOINT, PROOF = b'{"audit-export":', b'{"leaves":', b'{"checkpoint":', b'{"proof":'
_LONGEST = 64 * 2**20
_SOME = 8
"""A block that has so many times more entries than it lists is not read on."""
_FULL = 1_024


class Seen(msgspec.Struct):
    """What a verifier reads of an entry."""

    sequence: int
    time: str


_seen = msgspec.json.Decoder(Seen).decode


@dataclass(slots=True)
class Entry:
    """A line that should be an entry: its bytes, the hash that they give, and where it stands."""

    line: int
    text: bytes
    leaf: bytes

    @property
    def seen(self) -> Seen | None:
        """What it says of itself, where it can be read."""
        return seen(self.text)


@dataclass(slots=True)
class Signed:
    """A checkpoint, its line, and how many entries of its block stand before it."""

    checkpoint: notes.Checkpoint
    line: int
    behind: int


@dataclass(slots=True)
class Block:
    """A list of leaf hashes, and the entries and checkpoints that follow it."""

    line: int
    stated: list[bytes]
    texts: list[bytes] = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    signed: list[Signed] = field(default_factory=list)

    def add(self, line: int, text: bytes) -> None:
        """Take a line as an entry."""
        self.texts.append(text)
        self.leaves.append(hashlib.sha256(b"\x00" + text).digest())
        self.lines.append(line)

    def entry(self, place: int) -> Entry:
        """Return the entry at a place of the block."""
        return Entry(self.lines[place], self.texts[place], self.leaves[place])


def seen(text: bytes) -> Seen | None:
    """Return what an entry says of itself, where it can be read."""
    try:
        return _seen(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def opened(file: Path) -> BinaryIO:
    """Open a file for reading, or raise ``LocalProblem``."""
    try:
        return file.open("rb")
    except OSError as error:
        raise LocalProblem(f"{file} cannot be read: {(error.strerror or str(error)).lower()}.") from error


def header(stream: BinaryIO) -> Header:
    """Read the first line, or raise ``Corrupt``."""
    text = stream.readline(_LONGEST)
    if not text.startswith(_HEADER):
        raise Corrupt("This is not an export of a ledger.", hint="`holotype audit export FILE` makes one.")
    found = exactly(text.removesuffix(b"\n"), Header, 1)
    if found.format != FORMAT or found.size < 0:
        raise Corrupt(f"The export has the format {found.format}, which this Holotype does not know.")
    return found


def blocks(stream: BinaryIO) -> Iterator[Block]:
    """Read what follows the header of an export of the whole ledger."""
    block: Block | None = None
    for number, text in _lines(stream):
        if text.startswith(LEAVES):
            if block is not None:
                yield block
            block = Block(number, hashes(exactly(text, Leaves, number).leaves, number))
            continue
        if block is None:
            raise Corrupt(f"Line {number} should list the leaf hashes of the entries that follow.")
        if text.startswith(CHECKPOINT):
            block.signed.append(Signed(note(text, number), number, len(block.texts)))
        elif len(block.texts) >= _FULL * _SOME:
            raise Corrupt(f"Line {number} should list leaf hashes: too many entries stand behind line {block.line}.")
        else:
            block.add(number, text)
    if block is not None:
        yield block


def proved(stream: BinaryIO) -> Iterator[tuple[list[bytes] | None, Entry | notes.Checkpoint]]:
    """Read what follows the header of a partial export: each entry with its proof, and the checkpoint."""
    proof: list[bytes] | None = None
    for number, text in _lines(stream):
        if text.startswith(PROOF):
            proof = hashes(exactly(text, Proof, number).proof, number)
        elif text.startswith(CHECKPOINT):
            yield None, note(text, number)
        else:
            yield proof, Entry(number, text, hashlib.sha256(b"\x00" + text).digest())
            proof = None


def note(text: bytes, line: int) -> notes.Checkpoint:
    """Read a checkpoint's line."""
    try:
        return notes.checkpoint(exactly(text, Note, line).checkpoint)
    except Corrupt as error:
        raise Corrupt(f"The checkpoint in line {line} was altered.") from error


def hashes(text: str, line: int) -> list[bytes]:
    """Read hashes in base64."""
    try:
        packed = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        packed = b"?"
    if len(packed) % HASH_SIZE or b64encode(packed).decode() != text:
        raise Corrupt(f"Line {line} does not hold whole hashes: it was altered.")
    return [packed[start : start + HASH_SIZE] for start in range(0, len(packed), HASH_SIZE)]


def exactly(text: bytes, shape: type[S], line: int) -> S:
    """Read a line that the registry wrote, or raise ``Corrupt`` where it would have written it otherwise."""
    try:
        found = decoding.read(text, shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Corrupt(f"Line {line} was altered: it cannot be read.") from error
    if msgspec.json.encode(found) != text:
        raise Corrupt(f"Line {line} was altered: the registry does not write like this.")
    return found


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    number = 1
    while text := stream.readline(_LONGEST):
        number += 1
        if text[-1] != 0x0A:
            raise Corrupt(f"The file ends in the middle of line {number}.")
        yield number, text[:-1]
