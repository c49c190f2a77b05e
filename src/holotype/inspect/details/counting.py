"""How are tensors counted? By the type of their elements and the product of their shape; or listed one by one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

_TYPES = 64
_LARGEST = 2**53


@dataclass(slots=True)
class Count:
    """So many tensors with so many parameters of each type."""

    tensors: int = 0
    precision: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, shape: Sequence[int], name: str = "", size: int | None = None) -> None:
        """Count a tensor; its name, and its bytes where the header says them, are for who lists them."""
        elements = math.prod(shape)
        if not 0 <= elements <= _LARGEST:
            raise ValueError("a shape that cannot be")
        self.tensors += 1
        if kind in self.precision or len(self.precision) < _TYPES:
            self.precision[kind] = self.precision.get(kind, 0) + elements
        self.note(kind, shape, name, size)

    def note(self, kind: str, shape: Sequence[int], name: str, size: int | None) -> None:
        """Keep what a list shows of a tensor: nothing, where they are only counted."""

    @property
    def told(self) -> dict[str, Any]:
        """What a description says of it."""
        whole = sum(self.precision.values())
        return {"tensors": self.tensors, "parameters": whole, "precision": dict(sorted(self.precision.items()))}
