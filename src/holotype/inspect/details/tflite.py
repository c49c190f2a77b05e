"""What does a TensorFlow Lite model hold? Its flatbuffer is followed from table to table; weights are passed over."""

from __future__ import annotations

import struct
from typing import Any

from holotype.inspect.details.counting import Count
from holotype.inspect.head import Head
from holotype.inspect.scanning.report import Unreadable

_NUMBERED = (
    "float32 float16 int32 uint8 int64 string bool int16 complex64 int8 float64 complex128 uint64 resource variant "
    "uint32 uint16 int4 bfloat16"
)
_TYPES = dict(enumerate(_NUMBERED.split()))
_MOST = 100_000
_DIMENSIONS = 16
_KEPT_TEXT = 200
_VERSION, _CODES, _GRAPHS, _BUFFERS = 0, 1, 2, 4
_TENSORS, _OPERATORS = 0, 3
_SHAPE, _TYPE, _BUFFER, _NAME = 0, 1, 2, 3


def describe(head: Head, count: Count | None = None) -> dict[str, Any]:
    """Return the version of the schema, graphs, operators, and the tensors that have values."""
    buffer = _Buffer(head)
    model = buffer.unsigned(0)
    told: dict[str, Any] = {"schema": buffer.field(model, _VERSION, 4)}
    full = {place for place, table in enumerate(buffer.tables(model, _BUFFERS)) if buffer.length(table, 0)}
    count = count or Count()
    operators, graphs = 0, buffer.tables(model, _GRAPHS)
    for graph in graphs:
        operators += len(buffer.tables(graph, _OPERATORS))
        for tensor in buffer.tables(graph, _TENSORS):
            if buffer.field(tensor, _BUFFER, 4) in full:
                kind = buffer.field(tensor, _TYPE, 1)
                shape = buffer.numbers(tensor, _SHAPE)
                count.add(_TYPES.get(kind, f"type {kind}"), shape, buffer.text(tensor, _NAME))
    return told | {"graphs": len(graphs), "operators": operators} | count.told


class _Buffer:
    """Tables of a flatbuffer: a field's place is in the table of places that comes before or after it."""

    def __init__(self, head: Head) -> None:
        self._head, self._left = head, _MOST

    def unsigned(self, at: int, size: int = 4) -> int:
        found = self._head.read(at, size)
        if len(found) != size:
            raise EOFError
        return int.from_bytes(found, "little")

    def field(self, table: int, number: int, size: int) -> int:
        place = self._place(table, number)
        return self.unsigned(place, size) if place else 0

    def length(self, table: int, number: int) -> int:
        place = self._place(table, number)
        return self.unsigned(place + self.unsigned(place)) if place else 0

    def text(self, table: int, number: int) -> str:
        """Return a text, cut off where it is long."""
        place = self._place(table, number)
        if not place:
            return ""
        begin = place + self.unsigned(place)
        return self._head.read(begin + 4, min(self.unsigned(begin), _KEPT_TEXT)).decode("utf-8", "replace")

    def tables(self, table: int, number: int) -> list[int]:
        """Return where the tables of a list begin."""
        return [place + self.unsigned(place) for place in self._items(table, number, _MOST)]

    def numbers(self, table: int, number: int) -> list[int]:
        return [self.unsigned(place) for place in self._items(table, number, _DIMENSIONS)]

    def _items(self, table: int, number: int, most: int) -> list[int]:
        place = self._place(table, number)
        if not place:
            return []
        begin = place + self.unsigned(place)
        length = self.unsigned(begin)
        self._left -= length
        if length > most or self._left < 0:
            raise Unreadable("it lists more than is read")
        return [begin + 4 + 4 * one for one in range(length)]

    def _place(self, table: int, number: int) -> int:
        """Return where a field is, 0 for one that is not there."""
        (back,) = struct.unpack("<i", self._head.read(table, 4))
        places = table - back
        if 4 + 2 * number >= self.unsigned(places, 2):
            return 0
        offset = self.unsigned(places + 4 + 2 * number, 2)
        return table + offset if offset else 0
