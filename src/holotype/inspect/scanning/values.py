"""What is on the stack of a pickle that is read and not run? As much of each value as decides what it would do."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from holotype.inspect.scanning.report import Unreadable

MOST_KEPT = 64


@dataclass(frozen=True, slots=True)
class Name:
    """Something that is imported; ``?`` stands for what the file computes."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(slots=True)
class Made:
    """What a call returns, by what was called with what, and the state that it was given afterwards."""

    callee: Any
    arguments: Any
    state: Any = None


@dataclass(slots=True)
class Mapped:
    """A dict, of which the first entries with text keys are kept."""

    kept: dict[str, Any] | None = None

    @property
    def items(self) -> dict[str, Any]:
        """What is kept."""
        return self.kept or {}

    def put(self, key: Any, value: Any) -> int:
        """Set an entry, and return about how many bytes that takes."""
        if not isinstance(key, str):
            return 0
        if self.kept is None:
            self.kept = {}
        if key in self.kept or len(self.kept) >= MOST_KEPT:
            return 0
        self.kept[key] = value
        return _DICT if len(self.kept) == 1 else _ENTRY


class Memo:
    """What was put aside under numbers, most of them in a row; over another one, which then stays as it is."""

    def __init__(self, below: Memo | None = None) -> None:
        """Begin with nothing of its own."""
        self._row: list[Any] = []
        self._apart: dict[int, Any] = {}
        self._below = below
        self._count = 0 if below is None else len(below)

    def __len__(self) -> int:
        return self._count

    def __contains__(self, key: int) -> bool:
        own = self._row[key] is not _ABSENT if 0 <= key < len(self._row) else key in self._apart
        return own or (self._below is not None and key in self._below)

    def __getitem__(self, key: int) -> Any:
        found = self._row[key] if 0 <= key < len(self._row) else self._apart.get(key, _ABSENT)
        if found is not _ABSENT:
            return found
        if self._below is None:
            raise KeyError(key)
        return self._below[key]

    def __setitem__(self, key: int, value: Any) -> None:
        self._count += key not in self
        if key == len(self._row) + 1:  # older pickles begin with 1
            self._row.append(self._apart.pop(key - 1, _ABSENT))
        if key == len(self._row):
            self._row.append(value)
        elif 0 <= key < len(self._row):
            self._row[key] = value
        else:
            self._apart[key] = value
            if len(self._apart) > _MOST_APART:
                raise Unreadable("it puts things aside in an unusual order")


class _Unknown:
    """Any other value."""


class _Mark:
    """The opcode that the next tuple, list or dict begins with."""


UNKNOWN, MARK, _ABSENT = _Unknown(), _Mark(), _Unknown()
_DICT, _ENTRY = 360, 100
_MOST_APART = 50_000
"""So many entries of a memo may stand out of the row: they take ten times the memory."""
WRAPPER = "NumpyArrayWrapper"
_JOBLIB = ("joblib.numpy_pickle", "sklearn.externals.joblib.numpy_pickle")
_PLAIN = re.compile(r"[fiucbmM?](\d{1,2})?")
_VOID = re.compile(r"V(\d{1,9})")
_TEXT = re.compile(r"([US])(\d{1,9})")
_OBJECTS = 1
_LARGEST = 2**62


def is_wrapper(value: Any) -> bool:
    """Say whether a value is joblib's stand-in for an array, whose bytes follow in the file."""
    return isinstance(value, Made) and is_wrapper_class(value.callee)


def is_wrapper_class(value: Any) -> bool:
    """Say whether a value is the class of such stand-ins."""
    return isinstance(value, Name) and value.name == WRAPPER and value.module in _JOBLIB


def raw_size(wrapper: Made) -> int | None:
    """Return how many bytes of an array follow its stand-in, None where a pickle of its objects does.

    Only what joblib itself writes is taken: whoever describes an array in another way wants readers to disagree.
    """
    state = wrapper.state.items if isinstance(wrapper.state, Mapped) else {}
    shape = state.get("shape")
    if not isinstance(shape, tuple) or not all(type(one) is int and 0 <= one < _LARGEST for one in shape):
        raise Unreadable("an array in it has no plain shape")
    size = _item_size(state.get("dtype"))
    if size is None:
        return None
    whole = math.prod(shape) * size
    if whole >= _LARGEST or size == 0:
        raise Unreadable("an array in it has no plain size")
    return whole


def is_aligned(wrapper: Made) -> bool:
    """Say whether a byte with the length of a padding, and the padding, come before the array."""
    state = wrapper.state.items if isinstance(wrapper.state, Mapped) else {}
    return state.get("numpy_array_alignment_bytes") is not None


def _item_size(dtype: Any) -> int | None:
    """Return the size of an element, None for Python objects."""
    known = isinstance(dtype, Made) and dtype.callee == Name("numpy", "dtype") and isinstance(dtype.arguments, tuple)
    code = dtype.arguments[0] if known and dtype.arguments else None
    state = dtype.state if known else None
    if not isinstance(code, str) or not (state is None or (isinstance(state, tuple) and len(state) in (8, 9))):
        raise Unreadable("an array in it has no plain type of elements")
    if code in ("O8", "O"):
        return None
    if _PLAIN.fullmatch(code):
        return int(code[1:] or 1)
    if found := _TEXT.fullmatch(code):
        size = int(found[2]) * (4 if found[1] == "U" else 1)
        if state is None or state[5] == size:
            return size
    if (found := _VOID.fullmatch(code)) and state is not None and state[2] is None and state[5] == int(found[1]):
        return None if type(state[7]) is int and state[7] & _OBJECTS else int(found[1])
    raise Unreadable("an array in it has no plain type of elements")
