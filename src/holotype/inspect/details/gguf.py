"""What does the header of a GGUF file say? Key-value pairs, then a description of each tensor."""

from __future__ import annotations

import struct
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
_MOST_ITEMS = 2_000_000
_LONGEST = 2**24
_KEPT_TEXT = 200
_DIMENSIONS = 8


def describe(head: Head) -> dict[str, Any]:
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
    count = Count()
    for _ in range(reader.spend(tensors)):
        reader.text()
        shape = [reader.number("Q" if reader.version > 1 else "I") for _ in range(reader.dimensions())]
        kind = reader.number("I")
        count.add(_TYPES.get(kind, f"type {kind}"), shape)
        reader.number("Q")
    return told | count.told | {"metadata": metadata}


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
            for _ in range(self.spend(length)):
                self.text()
        else:
            self._skip(struct.calcsize(f"<{_SIMPLE[inner]}") * length)
        return None

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
