"""How are tensors counted? By the type of their elements and the product of their shape."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

_TYPES = 64
_LARGEST = 2**53


@dataclass(slots=True)
class Count:
    """So many tensors with so many parameters of each type."""

    tensors: int = 0
    precision: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, shape: Iterable[int]) -> None:
        """Count a tensor."""
        size = math.prod(shape)
        if not 0 <= size <= _LARGEST:
            raise ValueError("a shape that cannot be")
        self.tensors += 1
        if kind in self.precision or len(self.precision) < _TYPES:
            self.precision[kind] = self.precision.get(kind, 0) + size

    @property
    def told(self) -> dict[str, Any]:
        """What a description says of it."""
        whole = sum(self.precision.values())
        return {"tensors": self.tensors, "parameters": whole, "precision": dict(sorted(self.precision.items()))}
