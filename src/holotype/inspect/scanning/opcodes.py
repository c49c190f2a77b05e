"""What would a pickle import, call and change? Its opcodes are read one by one with a stack of descriptions.

Nothing is imported or called. What ``pickle`` would do in order, the walk sees in order, so a file that is cut off or
damaged shows what it does until there.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from holotype.inspect.scanning.feed import Feed
from holotype.inspect.scanning.machine import HANDLERS, Machine, Weight
from holotype.inspect.scanning.report import Limits, Unreadable
from holotype.inspect.scanning.values import (
    UNKNOWN,
    Made,
    Memo,
    Name,
    is_aligned,
    raw_size,
)
from holotype.inspect.window import TooMuch

_KEPT_TEXT = 4_096
_DEEPEST = 1_000_000
_MOST_NAMES = 10_000
_LONGEST_NAME, _LONGEST_NUMBER = 250, 8
"""Characters of a name, bytes of a number: longer ones are nobody's."""
_LATEST_PROTOCOL = 5
_ARGUMENTS = {
    code.code.encode("latin-1")[0]: (code.name, code.arg.n if code.arg else 0, code.arg.name if code.arg else "")
    for code in pickletools.opcodes
}
_LENGTHS = {
    pickletools.TAKEN_FROM_ARGUMENT1: 1,
    pickletools.TAKEN_FROM_ARGUMENT4: 4,
    pickletools.TAKEN_FROM_ARGUMENT4U: 4,
    pickletools.TAKEN_FROM_ARGUMENT8U: 8,
}
_TEXTS = frozenset(
    {"UNICODE", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "STRING", "BINSTRING", "SHORT_BINSTRING"}
)
_INTEGERS = frozenset({"BININT", "BININT1", "BININT2", "LONG1", "LONG4"})
Nested = Callable[[bytes], None]


class Walk(Machine):
    """One pickle after another, from a feed; ``uses`` says what they import and what for."""

    def __init__(
        self, feed: Feed, limits: Limits, nested: Nested | None = None, *, weight: Weight | None = None
    ) -> None:
        """Read nothing yet; ``nested`` is given byte strings that look like pickles of their own.

        A pickle in a pickle has a share of the outer one's ``weight``.
        """
        super().__init__()
        self._feed, self._limits, self._nested = feed, limits, nested
        self._count = 0
        self.weight = weight or self.weight

    @property
    def position(self) -> int:
        """How many bytes were read."""
        return self._feed.position

    def one(self) -> None:
        """Read a pickle to its STOP; raise ``Unreadable`` where it has none."""
        self.stack, self.memo, self.frame_end = [], Memo(), 0
        self._go_on()

    def _go_on(self) -> None:
        while True:
            self._count += 1
            if self._count % 1_000 == 0:
                self._limits.opcode()
            code = self._feed.take(1)[0]
            if code not in _ARGUMENTS:
                raise Unreadable(f"byte {self._feed.position - 1} of it is no opcode")
            name, size, kind = _ARGUMENTS[code]
            argument = self._argument(name, size, kind) if size else None
            if name == "STOP":
                return
            try:
                self._step(name, argument)
            except (IndexError, KeyError, TypeError, ValueError) as error:
                raise Unreadable(f"opcode {name} has nothing to work on") from error

    def _argument(self, name: str, size: int, kind: str) -> Any:
        if size == pickletools.UP_TO_NEWLINE:
            first = self._feed.line()
            if kind == "stringnl_noescape_pair":
                return Name(_short(first), _short(self._feed.line()))
            found = _of_line(name, first)
            return self.weight.text(found) if name in _TEXTS else found
        if size > 0:
            found = self._feed.take(size)
            return int.from_bytes(found, "little", signed=name == "BININT") if kind != "float8" else UNKNOWN
        length = int.from_bytes(self._feed.take(_LENGTHS[size]), "little")
        if length > (2**31 - 1 if size == pickletools.TAKEN_FROM_ARGUMENT4 else 2**62):
            raise Unreadable("a length in it is negative")
        return self._long(name, length)

    def _long(self, name: str, length: int) -> Any:
        """Return the text or number of an argument of any length, if it is short; look into it if it is a pickle."""
        if length <= _KEPT_TEXT:
            found = self._feed.take(length)
            if self._nested is not None and found[:1] == b"\x80":
                self._nested(found)
            if name in _TEXTS:
                return self.weight.text(found.decode("utf-8", "replace"))
            number = name in _INTEGERS and length <= _LONGEST_NUMBER
            return int.from_bytes(found, "little", signed=True) if number else UNKNOWN
        if self._nested is not None and self._feed.peek(2)[:1] == b"\x80":
            head = self._feed.take(min(length, 2**20))
            self._nested(head)
            length -= len(head)
        self._feed.skip(length)
        return UNKNOWN

    def _step(self, name: str, argument: Any) -> None:
        handler = HANDLERS.get(name)
        if handler is not None:
            handler(self, argument)
        elif name in _TEXTS or name in _INTEGERS or name in ("INT", "LONG"):
            self.stack.append(argument)
        else:
            self.stack.append({"NEWTRUE": True, "NEWFALSE": False, "NONE": None}.get(name, UNKNOWN))
        if len(self.stack) > _DEEPEST or len(self.memo) > _DEEPEST or len(self.uses) > _MOST_NAMES:
            raise Unreadable("it has more on its mind than a scan keeps")

    def array(self, wrapper: Made) -> None:
        """Pass over the array that joblib writes between opcodes; where plain ``pickle`` reads on is looked at too."""
        if self._feed.position < self.frame_end:
            raise Unreadable("an array in it lies inside a frame")
        size = raw_size(wrapper)
        if size is None:
            kept = self.stack, self.memo
            self.one()
            self.stack, self.memo = kept
            return
        if size:
            self._read_on()
        if is_aligned(wrapper):
            self._feed.skip(self._feed.take(1)[0])
        self._feed.skip(size)

    def _read_on(self) -> None:
        """Look at what plain ``pickle`` would do with the bytes of an array: they may have been chosen for it."""
        with self._feed.ahead() as feed, suppress(Unreadable, TooMuch):
            other = Walk(feed, Limits(opcodes=100_000, seconds=60, pause=self._limits.pause), weight=self.weight)
            other.plain, other.uses, other.changes = True, self.uses, self.changes
            other.stack, other.memo = [*self.stack, UNKNOWN], Memo(self.memo)
            other._go_on()


def _short(found: bytes) -> str:
    return found[: 4 * _LONGEST_NAME].decode("utf-8", "replace")[:_LONGEST_NAME]


def _of_line(name: str, found: bytes) -> Any:
    text = found.decode("utf-8", "replace")
    if name in ("GET", "PUT"):
        return int(text) if text.isdecimal() and len(text) < 20 else text
    if name == "STRING":
        return text.strip()[1:-1]
    if name in ("INT", "LONG"):
        digits = text.strip().rstrip("L")
        return int(digits) if digits.lstrip("-").isdecimal() and len(digits) < 20 else UNKNOWN
    return text
