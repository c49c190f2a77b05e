"""What does each opcode of a pickle do to the stack? Described, and not done."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from holotype.inspect.scanning.report import Unreadable
from holotype.inspect.scanning.values import (
    MARK,
    MOST_KEPT,
    UNKNOWN,
    Made,
    Mapped,
    Memo,
    Name,
    is_wrapper,
    is_wrapper_class,
)

NAMED, MADE, CALLED = "named", "made", "called"
"""Only imported; instances of it are made without calling its constructor; called with arguments of the file."""
_LEVELS = (NAMED, MADE, CALLED)
_LATEST_PROTOCOL = 5
_MADE, _TUPLE, _MAPPED = 72, 56, 56
_HEAVIEST, _HEAVIEST_TEXTS, _TEXT_COSTS = 72 * 2**20, 24 * 2**20, 64


@dataclass(slots=True)
class Weight:
    """How much memory the descriptions of a pickle, and of those in it, may have taken, in bytes and never less."""

    things: int = 0
    texts: int = 0

    def add(self, size: int) -> None:
        """Count a description, or raise ``Unreadable``."""
        self.things += size
        if self.things > _HEAVIEST:
            raise Unreadable("it has more on its mind than a scan keeps")

    def text(self, found: str) -> Any:
        """Return a text while there is room for texts; a name made of a later one counts as computed."""
        self.texts += sys.getsizeof(found) + _TEXT_COSTS
        return found if self.texts <= _HEAVIEST_TEXTS else UNKNOWN


COMPUTED = Name("?", "a name that is computed")
"""Something that is imported by a name that stands nowhere in the file."""


class Machine(ABC):
    """The stack and the memo of a pickle; ``uses`` says what it imports and what for, ``changes`` what it changes."""

    def __init__(self) -> None:
        """Begin with nothing on the stack."""
        self.uses: dict[Name, str] = {}
        self.changes: set[str] = set()
        self._names: dict[Name, Name] = {}
        self.protocol = 0
        self.stack: list[Any] = []
        self.memo = Memo()
        self.weight = Weight()
        self.frame_end = 0
        self.plain = False
        """Whether it is read as ``pickle`` would, which knows nothing of joblib's arrays."""

    @property
    @abstractmethod
    def position(self) -> int:
        """How many bytes were read."""

    @abstractmethod
    def array(self, wrapper: Made) -> None:
        """Pass over an array whose bytes follow."""

    def use(self, value: Any, level: str) -> None:
        """Note what a value is used for, if it is a name."""
        if isinstance(value, Made):
            value = Name("?", _result(value)) if level == CALLED else None
        elif not isinstance(value, Name):
            value = Name("?", "a value") if level == CALLED else None
        if value is not None and _LEVELS.index(self.uses.get(value, NAMED)) <= _LEVELS.index(level):
            self.uses[value] = level

    def import_(self, value: Name) -> None:
        """Push a name; the same one again is the same object."""
        value = self._names.setdefault(value, value)
        self.use(value, NAMED)
        self.stack.append(value)

    def made(self, callee: Any, arguments: Any, level: str) -> None:
        """Push what a call returns."""
        given = arguments if isinstance(arguments, tuple) else ()
        if isinstance(callee, Name) and callee.module in ("copyreg", "copy_reg") and given:
            self.use(given[0], MADE)
        if any(is_wrapper_class(one) for one in given):
            raise Unreadable("an array in it is announced in an unusual way")
        self.use(callee, level)
        self.weight.add(_MADE)
        self.stack.append(Made(callee, arguments))

    def until_mark(self) -> list[Any]:
        """Take everything down to the last mark."""
        at = len(self.stack) - 1
        while self.stack[at] is not MARK:
            at -= 1
            if at < 0:
                raise IndexError
        found = self.stack[at + 1 :]
        del self.stack[at:]
        return found

    def persistent(self, value: Any) -> None:  # noqa: B027 - only some look at it
        """Note a reference to something beside the pickle."""

    # What each opcode does to the stack; the names are those of ``pickletools``.

    def persist(self, _: Any) -> None:
        """BINPERSID."""
        self.persistent(self.stack.pop())
        self.stack.append(UNKNOWN)

    def proto(self, number: int) -> None:
        """PROTO: only known protocols are read."""
        if number > _LATEST_PROTOCOL:
            raise Unreadable(f"it has the unknown protocol {number}")
        self.protocol = max(self.protocol, number)

    def frame(self, size: int) -> None:
        """FRAME: say how far the bytes go that belong together."""
        self.frame_end = self.position + size

    def pop(self, _: Any) -> None:
        """POP, APPEND."""
        self.stack.pop()

    def dup(self, _: Any) -> None:
        """DUP."""
        self.stack.append(self.stack[-1])

    def keep(self, key: Any) -> None:
        """PUT: keep the top of the stack."""
        self.memo[int(key)] = self.stack[-1]

    def memoize(self, _: Any) -> None:
        """MEMOIZE."""
        self.memo[len(self.memo)] = self.stack[-1]

    def recall(self, key: Any) -> None:
        """GET."""
        self.stack.append(self.memo[int(key)])

    def tuple_(self, _: Any) -> None:
        """TUPLE."""
        found = self.until_mark()
        kept = len(found) <= MOST_KEPT
        self.weight.add(_TUPLE + 8 * len(found) if kept else 0)
        self.stack.append(tuple(found) if kept else UNKNOWN)

    def tuple_of(self, count: int) -> None:
        """TUPLE1 to TUPLE3."""
        self.weight.add(_TUPLE + 8 * count)
        self.stack[len(self.stack) - count :] = [tuple(self.stack[-count:])]

    def collection(self, _: Any) -> None:
        """LIST, FROZENSET."""
        self.until_mark()
        self.stack.append(UNKNOWN)

    def marked(self, _: Any) -> None:
        """POP_MARK, APPENDS, ADDITEMS."""
        self.until_mark()

    def dict_(self, _: Any) -> None:
        """DICT."""
        found, made = self.until_mark(), self._mapped()
        for key, value in zip(found[::2], found[1::2], strict=False):
            self.weight.add(made.put(key, value))
        self.stack.append(made)

    def empty_dict(self, _: Any) -> None:
        """EMPTY_DICT."""
        self.stack.append(self._mapped())

    def _mapped(self) -> Mapped:
        self.weight.add(_MAPPED)
        return Mapped()

    def set_items(self, _: Any) -> None:
        """SETITEMS."""
        found = self.until_mark()
        if isinstance(self.stack[-1], Mapped):
            for key, value in zip(found[::2], found[1::2], strict=False):
                self.weight.add(self.stack[-1].put(key, value))

    def set_item(self, _: Any) -> None:
        """SETITEM."""
        value, key = self.stack.pop(), self.stack.pop()
        if isinstance(self.stack[-1], Mapped):
            self.weight.add(self.stack[-1].put(key, value))

    def stack_global(self, _: Any) -> None:
        """STACK_GLOBAL: a name from two texts."""
        name, module = self.stack.pop(), self.stack.pop()
        known = isinstance(name, str) and isinstance(module, str)
        self.import_(Name(module, name) if known else COMPUTED)

    def extension(self, code: int) -> None:
        """EXT1 to EXT4: a name that only the reader's registry knows."""
        self.import_(Name("?", f"extension code {code}"))

    def reduce(self, _: Any) -> None:
        """REDUCE: a call."""
        arguments, callee = self.stack.pop(), self.stack.pop()
        self.made(callee, arguments, CALLED)

    def new_object(self, _: Any) -> None:
        """NEWOBJ."""
        arguments, callee = self.stack.pop(), self.stack.pop()
        self.made(callee, arguments, MADE)

    def new_object_with_keywords(self, _: Any) -> None:
        """NEWOBJ_EX."""
        self.stack.pop()
        self.new_object(None)

    def instance(self, callee: Name) -> None:
        """INST."""
        callee = self._names.setdefault(callee, callee)
        self.made(callee, tuple(self.until_mark()), CALLED)

    def object_(self, _: Any) -> None:
        """OBJ."""
        found = self.until_mark()
        self.made(found[0], tuple(found[1:]), CALLED)

    def build(self, _: Any) -> None:
        """BUILD: give an object its state."""
        state, target = self.stack.pop(), self.stack[-1]
        if isinstance(target, Name):
            self.changes.add(str(target))
        if isinstance(target, Made):
            target.state = state
        if is_wrapper(target) and not self.plain:
            self.array(self.stack.pop())
            self.stack.append(UNKNOWN)


def _result(made: Made) -> str:
    """Name what a call returned; of a call of such a result no more is said: descriptions nest without end."""
    return f"result of {made.callee if isinstance(made.callee, Name) else 'a value'}"[:150]


def _nothing(_machine: Machine, _argument: Any) -> None:
    """Change nothing that matters here."""


HANDLERS: dict[str, Callable[[Machine, Any], None]] = {
    "PROTO": Machine.proto,
    "FRAME": Machine.frame,
    "MARK": lambda walk, _: walk.stack.append(MARK),
    "POP": Machine.pop,
    "POP_MARK": Machine.marked,
    "DUP": Machine.dup,
    **dict.fromkeys(("PUT", "BINPUT", "LONG_BINPUT"), Machine.keep),
    "MEMOIZE": Machine.memoize,
    **dict.fromkeys(("GET", "BINGET", "LONG_BINGET"), Machine.recall),
    "EMPTY_TUPLE": lambda walk, _: walk.stack.append(()),
    "TUPLE": Machine.tuple_,
    "TUPLE1": lambda walk, _: walk.tuple_of(1),
    "TUPLE2": lambda walk, _: walk.tuple_of(2),
    "TUPLE3": lambda walk, _: walk.tuple_of(3),
    **dict.fromkeys(("LIST", "FROZENSET"), Machine.collection),
    "EMPTY_DICT": Machine.empty_dict,
    "DICT": Machine.dict_,
    "APPEND": Machine.pop,
    **dict.fromkeys(("APPENDS", "ADDITEMS"), Machine.marked),
    "SETITEM": Machine.set_item,
    "SETITEMS": Machine.set_items,
    "GLOBAL": Machine.import_,
    "STACK_GLOBAL": Machine.stack_global,
    **dict.fromkeys(("EXT1", "EXT2", "EXT4"), Machine.extension),
    "REDUCE": Machine.reduce,
    "NEWOBJ": Machine.new_object,
    "NEWOBJ_EX": Machine.new_object_with_keywords,
    "INST": Machine.instance,
    "OBJ": Machine.object_,
    "BUILD": Machine.build,
    "BINPERSID": Machine.persist,
    "READONLY_BUFFER": _nothing,
}
