"""Which checkpoints may a verifier believe? Those whose signatures lead back to a key that the verifier trusts.

    a trusted key signed a checkpoint ──> the entries that it covers are genuine ──> the keys they tell of are, too

So whoever knows the first key of a registry follows every rotation, and whoever knows the newest believes what it
signed. A key signs from the entry that made it to the entry that retired it; a signature outside of that is forged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from holotype.client import ed25519
from holotype.domain import notes
from holotype.domain.notes import Checkpoint, Signature, Verifier
from holotype.errors import Invalid
from holotype.wire import decoding

MARK = b'{"action":"key.'
_CREATED = re.compile(rb'\{"action":"key\.created"')


class _Said(msgspec.Struct):
    sequence: int
    subject: str
    data: dict[str, object]


@dataclass(slots=True)
class Span:
    """A key that entries tell of: from which entry until which it signs."""

    verifier: Verifier
    created: int
    retired: int | None = None


class Chain:
    """The keys of one registry, as its entries tell of them."""

    def __init__(self) -> None:
        """Begin without a key."""
        self.spans: dict[str, Span] = {}

    def hear(self, text: bytes) -> None:
        """Take an entry about a key."""
        try:
            said = decoding.read(text, _Said)
            name = said.subject.removeprefix("key:")
            if _CREATED.match(text):
                self.spans[name] = Span(notes.verifier(str(said.data.get("verifier"))), said.sequence)
            elif name in self.spans:
                self.spans[name].retired = said.sequence
        except (msgspec.DecodeError, UnicodeDecodeError, Invalid):
            return  # an entry that was altered: it is found as that

    def believed(self, signed: Sequence[Checkpoint], matching: Sequence[bool], keys: Sequence[Verifier]) -> list[bool]:
        """Say of each checkpoint whether all its signatures are good, beginning with the keys that are trusted.

        Only checkpoints that match the entries of the export vouch for the keys that these tell of.
        """
        trusted = {key.id: key for key in keys}
        good = [False] * len(signed)
        known: dict[tuple[int, bytes], bool] = {}
        grew = True
        while grew:
            grew = False
            for place, one in enumerate(signed):
                if good[place] or not any(self._good(one, by, trusted, known) for by in one.signatures):
                    continue
                good[place] = grew = True
                if not matching[place]:
                    continue
                for span in self.spans.values():
                    if span.created <= one.size:
                        trusted.setdefault(span.verifier.id, span.verifier)
        return [
            held and all(self._good(one, by, trusted, known) for by in one.signatures)
            for held, one in zip(good, signed, strict=True)
        ]

    def _good(
        self, one: Checkpoint, by: Signature, trusted: dict[str, Verifier], known: dict[tuple[int, bytes], bool]
    ) -> bool:
        key, span = trusted.get(by.key), self.spans.get(by.key)
        if key is None or key.name != by.name:
            return False
        if span is not None and not span.created <= one.size <= (one.size if span.retired is None else span.retired):
            return False
        mark = (id(one), by.value)
        if mark not in known:
            known[mark] = ed25519.verify(key.public, by.value, one.text.encode())
        return known[mark]
