"""What is a tensor to a registry? A name with a type, a shape and perhaps a number of bytes; never its numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tensor:
    """An array of numbers under a name. ``size`` is in bytes, where it is known."""

    name: str
    type: str
    shape: tuple[int, ...]
    size: int | None = None
