"""What does the header of a GGUF file say? Key-value pairs, then a description of each tensor."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import Any

from holotype.inspect.details.counting import Count
from holotype.inspect.head import Head
from holotype.inspect.scanning.report import Unreadable

_SIMPLE = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_KEPT = ("general.architecture", "general.name", "general.license", "general.file_type", "general.quantization_version",
         "general.size_label", "general.finetune")  # fmt: skip
_ENDINGS = (".context_length", ".block_count", ".embedding_length")
_NUMBERED = (
    "F32 F16 Q4_0 Q4_1 Q4_2 Q4_3 Q5_0 Q5_1 Q8_0 Q8_1 Q2_K Q3_K Q4_K Q5_K Q6_K Q8_K IQ2_XXS IQ2_XS IQ3_XXS IQ1_S "
    "IQ4_NL IQ3_S IQ2_S IQ4_XS I8 I16 I32 I64 F64 IQ1_M BF16 Q4_0_4_4 Q4_0_4_8 Q4_0_8_8 TQ1_0 TQ2_0 IQ4_NL_4_4 "
    "IQ4_NL_4_8 IQ4_NL_8_8 MXFP4"
)
_TYPES = dict(enumerate(_NUMBERED.split()))
_PLAIN = {"F32": 4, "F16": 2, "BF16": 2, "F64": 8, "I8": 1, "I16": 2, "I32": 4, "I64": 8}
_SMALL = {"Q4_0": 18, "Q4_1": 20, "Q5_0": 22, "Q5_1": 24, "Q8_0": 34, "IQ4_NL": 18, "MXFP4": 17}
_LARGE = {
    "Q2_K": 84, "Q3_K": 110, "Q4_K": 144, "Q5_K": 176, "Q6_K": 210, "Q8_K": 292, "IQ2_XXS": 66, "IQ2_XS": 74,
    "IQ3_XXS": 98, "IQ1_S": 50, "IQ3_S": 110, "IQ2_S": 82, "IQ4_XS": 136, "IQ1_M": 56, "TQ1_0": 54, "TQ2_0": 66,
}  # fmt: skip
_BLOCKS = {name: (count, size) for count, sizes in ((1, _PLAIN), (32, _SMALL), (256, _LARGE))
           for name, size in sizes.items()}  # fmt: skip
"""By type: how many numbers a block holds, and how many bytes it takes."""
_MOST_ITEMS = 2_000_000
_LONGEST = 2**24
_KEPT_TEXT = 200
_CHUNK = 2**16
_DIMENSIONS = 8


def describe(head: Head, count: Count | None = None) -> dict[str, Any]:
    """Return tensors, parameters, quantisation, architecture and some of the metadata."""
    reader = _Reader(head)
    told: dict[str, Any] = {"version": reader.version}
    tensors, pairs = (
        reader.number("Q" if reader.version > 1 else "I"),
        reader.number("Q" if reader.version > 1 else "I"),
    )
    metadata: dict[str, object] = {}
    for _ in range(reader.spend(pairs)):
        key, kind = reader.text(), reader.number("I")
        value = reader.value(kind)
        if key is not None and value is not None and (key in _KEPT or key.endswith(_ENDINGS)):
            metadata[key] = value
    count = count or Count()
    for _ in range(reader.spend(tensors)):
        name = reader.text()
        shape = [reader.number("Q" if reader.version > 1 else "I") for _ in range(reader.dimensions())]
        kind = reader.number("I")
        named = _TYPES.get(kind, f"type {kind}")
        count.add(named, shape, name or "", _size(named, shape))
        reader.number("Q")
    return told | count.told | {"metadata": metadata}


def _size(kind: str, shape: Sequence[int]) -> int | None:
    """Return how many bytes a tensor takes: numbers are stored in blocks, along the first dimension."""
    numbers, size = _BLOCKS.get(kind, (0, 0))
    elements = math.prod(shape)
    return elements // numbers * size if numbers and elements % numbers == 0 else None


class _Reader:
    """Numbers and texts, one after another, in the byte order of the file."""

    def __init__(self, head: Head) -> None:
        self._head, self._at, self._left = head, 8, _MOST_ITEMS
        version = head.read(4, 4)
        self._order = "<" if struct.unpack("<I", version)[0] < 2**16 else ">"
        self.version: int = struct.unpack(f"{self._order}I", version)[0]

    def spend(self, items: int) -> int:
        """Count items that are about to be read."""
        self._left -= items
        if self._left < 0:
            raise Unreadable("its header lists more than is read")
        return items

    def number(self, code: str) -> Any:
        size = struct.calcsize(f"<{code}")
        return struct.unpack(f"{self._order}{code}", self._take(size))[0]

    def dimensions(self) -> int:
        found: int = self.number("I")
        if found > _DIMENSIONS:
            raise ValueError("too many dimensions")
        return found

    def text(self) -> str | None:
        """Return a text, or None for one that is long."""
        length = self.number("Q" if self.version > 1 else "I")
        if length > _KEPT_TEXT:
            self._skip(length)
            return None
        return self._take(length).decode("utf-8", "replace")

    def value(self, kind: int) -> Any:
        if kind == _STRING:
            return self.text()
        if kind != _ARRAY:
            return self.number(_SIMPLE[kind])
        inner, length = self.number("I"), self.number("Q" if self.version > 1 else "I")
        if inner == _ARRAY:
            raise Unreadable("its header nests lists")
        if inner == _STRING:
            self._skip_texts(self.spend(length))
        else:
            self._skip(struct.calcsize(f"<{_SIMPLE[inner]}") * length)
        return None

    def _skip_texts(self, count: int) -> None:
        """Pass over many texts, such as a vocabulary, without making any of them."""
        length = struct.Struct(f"{self._order}{'Q' if self.version > 1 else 'I'}")
        chunk, begin = b"", self._at
        for _ in range(count):
            place = self._at - begin
            if place + length.size > len(chunk):
                chunk, begin, place = self._head.read(self._at, _CHUNK), self._at, 0
            if length.size > len(chunk):
                raise EOFError
            self._skip(length.size + length.unpack_from(chunk, place)[0])

    def _take(self, size: int) -> bytes:
        found = self._head.read(self._at, size) if size else b""
        if len(found) != size:
            raise EOFError
        self._at += size
        return found

    def _skip(self, size: int) -> None:
        self._at += size
        if self._at > self._head.size:
            raise EOFError
