"""In which shapes is the ledger proved? Hashes are hexadecimal, but in an export, where they are base64.

An export is lines of JSON (``docs/howto/audit.md`` spells them out):

    Header                              first
    Leaves, then up to 1,024 entries    again and again; of a part of the ledger: Proof, then its entry
    Note                                a checkpoint, behind the last entry that it covers; one is the last line
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from holotype.domain import notes
from holotype.wire.base import Response
from holotype.wire.shapes import Event

FORMAT = 1
BLOCK = 1_024
"""How many entries follow a list of leaves, but at the end."""


class Checkpoint(Response):
    """A signed statement of the size and the tree head of the ledger; ``note`` is what was signed, and by whom."""

    size: int
    root: str
    note: str


class Key(Response):
    """A key of checkpoints: ``verifier`` is what a verifier needs; since and until which entry it signs."""

    id: str
    verifier: str
    created_sequence: int
    created_at: datetime
    retired_sequence: int | None = None
    retired_at: datetime | None = None


class Inclusion(Response):
    """That an entry is in the ledger of a size: RFC 6962, section 2.1.1."""

    sequence: int
    size: int
    leaf: str
    hashes: list[str]
    root: str


class Consistency(Response):
    """That the ledger of a size is the beginning of that of another: RFC 6962, section 2.1.2."""

    first: int
    second: int
    first_root: str
    second_root: str
    hashes: list[str]


class Entry(Response):
    """An entry of the ledger, and the proof that it is there.

    ``text`` are the bytes that are hashed; ``leaf`` is their hash, and ``hashes`` lead from it to the ``root`` of the
    ledger of ``size`` entries. That is what the ``checkpoint`` signs; without one, none covers the entry yet. ``fault``
    says what does not fit.
    """

    event: Event
    text: str
    leaf: str
    size: int
    hashes: list[str]
    root: str
    checkpoint: str | None = None
    fault: str | None = None


class Proved(Response, omit_defaults=True):
    """That an entry of a history is in the ledger of a size, or the ``fault`` that was found instead.

    ``leaf`` is hashed anew from what the entry says; ``signed`` says whether a checkpoint covers it.
    """

    sequence: int
    size: int
    leaf: str = ""
    hashes: list[str] = []
    root: str = ""
    signed: bool = False
    fault: str | None = None


class Header(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The first line of an export: of which registry it is, and how far the ledger goes that it was taken from."""

    format: int = msgspec.field(name="audit-export")
    origin: str
    size: int
    partial: bool = False


class Leaves(msgspec.Struct, forbid_unknown_fields=True):
    """The leaf hashes of the entries that follow."""

    leaves: str


class Proof(msgspec.Struct, forbid_unknown_fields=True):
    """The hashes that prove that the entry that follows is in the ledger."""

    proof: str


class Note(msgspec.Struct, forbid_unknown_fields=True):
    """A checkpoint."""

    checkpoint: str


def checkpoint(value: notes.Checkpoint) -> Checkpoint:
    """Return the wire shape of a checkpoint."""
    return Checkpoint(value.size, value.root.hex(), value.note)
