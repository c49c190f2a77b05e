"""How is a protocol buffer walked without reading it whole? By its fields, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from holotype.inspect.head import Head
from holotype.inspect.scanning.report import Unreadable

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_MOST_FIELDS = 1_000_000
_KEPT_TEXT = 200
_MOST_NUMBERS = 64


class _Budget:
    """How many fields may still be read in a file."""

    def __init__(self) -> None:
        self.left = _MOST_FIELDS


@dataclass(slots=True)
class Message:
    """A field's value: a number, or bytes from ``at`` to ``stop`` that may be a text or a message."""

    head: Head
    at: int
    stop: int
    budget: _Budget
    number: int = 0

    @classmethod
    def of(cls, head: Head) -> Self:
        """Take a whole file for a message."""
        return cls(head, 0, head.size, _Budget())

    def fields(self) -> Iterator[tuple[int, int, Message]]:
        """Give number, kind and value of each field."""
        at = self.at
        while at < self.stop:
            self.budget.left -= 1
            if self.budget.left < 0:
                raise Unreadable("it has more fields than are read")
            tag, at = self._varint(at)
            number, kind = tag >> 3, tag & 7
            if kind == VARINT:
                value, at = self._varint(at)
                yield number, kind, Message(self.head, at, at, self.budget, value)
                continue
            if kind == BYTES:
                size, at = self._varint(at)
            elif kind in (FIXED64, FIXED32):
                size = 8 if kind == FIXED64 else 4
            else:
                raise ValueError("a kind of field that is not known")
            if number == 0 or at + size > self.stop:
                raise ValueError("a field that does not fit")
            yield number, kind, Message(self.head, at, at + size, self.budget)
            at += size

    def text(self) -> str:
        """Return the bytes as a text, cut off where it is long."""
        return self.head.read(self.at, min(self.stop - self.at, _KEPT_TEXT)).decode("utf-8", "replace")

    def numbers(self) -> list[int]:
        """Return the bytes as numbers that were packed together."""
        found, at = list[int](), self.at
        while at < self.stop and len(found) < _MOST_NUMBERS:
            value, at = self._varint(at)
            found.append(value)
        return found

    def _varint(self, at: int) -> tuple[int, int]:
        value = 0
        for shift, byte in enumerate(self.head.read(at, 10)):
            value |= (byte & 0x7F) << (7 * shift)
            if byte < 0x80:
                return value, at + shift + 1
        raise ValueError("not a number")
