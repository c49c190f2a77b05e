"""How does a registry sign what its ledger said? As a C2SP tlog-checkpoint: a signed note of three lines.

    holotype/0e6f…                    origin: which registry
    1234                              size: how many entries
    mVhLpKuWfEqQnLE0LjYGYXcq5…=       root: the tree head over them, base64
                                      (an empty line)
    — holotype/0e6f… Rk2Yh…=          a signature: name of the key, base64 of its id (4 bytes) and 64 bytes of Ed25519

A key is told to others as ``name+id+base64``, where base64 is of the algorithm (1) and the 32 bytes of the public key:
https://c2sp.org/signed-note, https://c2sp.org/tlog-checkpoint. Bytes are compared as they are written; nothing is read
that would be written otherwise. This module signs and verifies nothing: that takes a key.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass

from holotype.errors import Corrupt, Invalid

ED25519 = b"\x01"
KEY_SIZE, ID_SIZE, SIGNATURE_SIZE = 32, 4, 64
_SIZE = re.compile(r"0|[1-9][0-9]{0,17}")
_NAME = re.compile(r"[^\s+]{1,300}")


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key under its name; ``id`` is eight hexadecimal digits that tell keys apart."""

    name: str
    public: bytes

    @property
    def id(self) -> str:
        """The id of the key: the beginning of a hash of its name and itself."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:ID_SIZE].hex()

    def __str__(self) -> str:
        """The form in which people hand it on."""
        return f"{self.name}+{self.id}+{b64encode(ED25519 + self.public).decode()}"


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature of a note: the name and the id of its key, and the 64 bytes."""

    name: str
    key: str
    value: bytes

    def __str__(self) -> str:
        """Its line in the note."""
        return f"— {self.name} {b64encode(bytes.fromhex(self.key) + self.value).decode()}"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a registry says of its ledger at a moment, with the signatures under it, if it was signed yet."""

    origin: str
    size: int
    root: bytes
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        """How a log line speaks of it."""
        return f"checkpoint of {self.size:,} entries"

    @property
    def text(self) -> str:
        """The lines that are signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    @property
    def note(self) -> str:
        """The whole note."""
        return self.text + "\n" + "".join(f"{one}\n" for one in self.signatures)


def origin_of(registry: str) -> str:
    """Return the origin of a registry's checkpoints, which is the name of its keys too."""
    return f"holotype/{registry}"


def verifier(text: str) -> Verifier:
    """Read a key, or raise ``Invalid``."""
    name, key, rest = [*text.strip().split("+", 2), "", ""][:3]
    content = _decoded(rest)
    if _NAME.fullmatch(name) and len(content) == KEY_SIZE + 1 and content[:1] == ED25519:
        found = Verifier(name, content[1:])
        if found.id == key:
            return found
    raise Invalid(
        f"{text.strip()[:80]!r} is not a key of checkpoints.",
        hint="It has the form NAME+ID+BASE64; `holotype audit keys` shows those of a registry.",
    )


def checkpoint(note: str) -> Checkpoint:
    """Read a note, or raise ``Corrupt``. Whether its signatures are good is for whoever has the keys."""
    text, divided, below = note.partition("\n\n")
    lines = text.split("\n")
    if not divided or len(lines) != 3 or not _NAME.fullmatch(lines[0]) or not _SIZE.fullmatch(lines[1]):
        raise Corrupt("This is not a checkpoint of a ledger.")
    signatures = tuple(_signature(line) for line in below.removesuffix("\n").split("\n"))
    found = Checkpoint(lines[0], int(lines[1]), _decoded(lines[2]), signatures)
    if len(found.root) != hashlib.sha256().digest_size or found.note != note:
        raise Corrupt("This is not a checkpoint as it is written.")
    return found


def _signature(line: str) -> Signature:
    name, _, rest = line.removeprefix("— ").partition(" ")
    content = _decoded(rest)
    if not line.startswith("— ") or len(content) != ID_SIZE + SIGNATURE_SIZE:
        raise Corrupt("A line below a checkpoint is not an Ed25519 signature.")
    return Signature(name, content[:ID_SIZE].hex(), content[ID_SIZE:])


def _decoded(text: str) -> bytes:
    """Return the bytes of base64 that is written in its one right way, else none."""
    try:
        content = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return content if b64encode(content).decode() == text else b""
